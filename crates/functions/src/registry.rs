//! All built-in functions by name. A new function is one line here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use trueup_diagnostics::did_you_mean;

use crate::collections::{choosing, measuring, members, sequences, sets, shaping};
use crate::function::Function;
use crate::{
    base64_text, charsets, checksums, cidr, conversions, csv, dates, files, format, gzip,
    identifiers, json_text, numeric, paths, patterns, secrets, sensitivity, strings, urls, yaml,
};

static FUNCTIONS: &[&Function] = &[
    &numeric::ABS,
    &numeric::CEIL,
    &numeric::FLOOR,
    &numeric::LOG,
    &numeric::MAX,
    &numeric::MIN,
    &numeric::PARSEINT,
    &numeric::POW,
    &numeric::SIGNUM,
    &numeric::SUM,
    &strings::CHOMP,
    &strings::ENDSWITH,
    &strings::INDENT,
    &strings::JOIN,
    &strings::LOWER,
    &strings::REPLACE,
    &strings::SPLIT,
    &strings::STARTSWITH,
    &strings::STRCONTAINS,
    &strings::STRREV,
    &strings::SUBSTR,
    &strings::TITLE,
    &strings::TRIM,
    &strings::TRIMPREFIX,
    &strings::TRIMSPACE,
    &strings::TRIMSUFFIX,
    &strings::UPPER,
    &format::FORMAT_FUNCTION,
    &format::FORMATLIST,
    &patterns::REGEX,
    &patterns::REGEXALL,
    &measuring::ALLTRUE,
    &measuring::ANYTRUE,
    &measuring::CONTAINS,
    &measuring::INDEX,
    &measuring::LENGTH,
    &choosing::COALESCE,
    &choosing::COALESCELIST,
    &choosing::ELEMENT,
    &choosing::ONE,
    &members::KEYS,
    &members::LOOKUP,
    &members::MERGE,
    &members::TRANSPOSE,
    &members::VALUES,
    &members::ZIPMAP,
    &sequences::COMPACT,
    &sequences::CONCAT,
    &sequences::DISTINCT,
    &sequences::RANGE,
    &sequences::REVERSE,
    &sequences::SLICE,
    &sequences::SORT,
    &shaping::CHUNKLIST,
    &shaping::FLATTEN,
    &shaping::MATCHKEYS,
    &sets::SETINTERSECTION,
    &sets::SETPRODUCT,
    &sets::SETSUBTRACT,
    &sets::SETUNION,
    &conversions::CAN,
    &conversions::TEMPLATEFILE,
    &conversions::TEMPLATESTRING,
    &conversions::TOBOOL,
    &conversions::TOLIST,
    &conversions::TOMAP,
    &conversions::TONUMBER,
    &conversions::TOSET,
    &conversions::TOSTRING,
    &conversions::TRY,
    &conversions::TYPE,
    &sensitivity::EPHEMERALASNULL,
    &sensitivity::ISSENSITIVE,
    &sensitivity::NONSENSITIVE,
    &sensitivity::SENSITIVE,
    &json_text::JSONDECODE,
    &json_text::JSONENCODE,
    &csv::CSVDECODE,
    &yaml::YAMLDECODE,
    &yaml::YAMLENCODE,
    &base64_text::BASE64DECODE,
    &base64_text::BASE64ENCODE,
    &charsets::TEXTDECODEBASE64,
    &charsets::TEXTENCODEBASE64,
    &gzip::BASE64GUNZIP,
    &gzip::BASE64GZIP,
    &urls::URLDECODE,
    &urls::URLENCODE,
    &checksums::BASE64SHA256,
    &checksums::BASE64SHA512,
    &checksums::FILEBASE64SHA256,
    &checksums::FILEBASE64SHA512,
    &checksums::FILEMD5,
    &checksums::FILESHA1,
    &checksums::FILESHA256,
    &checksums::FILESHA512,
    &checksums::MD5,
    &checksums::SHA1,
    &checksums::SHA256,
    &checksums::SHA512,
    &secrets::BCRYPT,
    &secrets::RSADECRYPT,
    &files::FILE,
    &files::FILEBASE64,
    &files::FILEEXISTS,
    &files::FILESET,
    &paths::ABSPATH,
    &paths::BASENAME,
    &paths::DIRNAME,
    &paths::PATHEXPAND,
    &dates::FORMATDATE,
    &dates::PLANTIMESTAMP,
    &dates::TIMEADD,
    &dates::TIMECMP,
    &dates::TIMESTAMP,
    &identifiers::UUID,
    &identifiers::UUIDV5,
    &cidr::CIDRCONTAINS,
    &cidr::CIDRHOST,
    &cidr::CIDRNETMASK,
    &cidr::CIDRSUBNET,
    &cidr::CIDRSUBNETS,
];

static BY_NAME: LazyLock<BTreeMap<&'static str, &'static Function>> = LazyLock::new(|| {
    FUNCTIONS
        .iter()
        .map(|function| (function.name, *function))
        .collect()
});

/// The function with this name, also where the name says `core::` before it.
pub fn lookup(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    BY_NAME.get(name).copied()
}

/// All functions in the order of their names.
pub fn all() -> impl Iterator<Item = &'static Function> {
    BY_NAME.values().copied()
}

/// The name that was perhaps meant.
pub fn suggest(name: &str) -> Option<&'static str> {
    did_you_mean(name, BY_NAME.keys().copied())
}
