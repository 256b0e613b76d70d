//! Digests of text and of files.

use base64::Engine as _;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use trueup_value::Value;

use crate::base64_text::ENGINE;
use crate::files::{PATH, contents_plainly};
use crate::function::{Function, Shape};
use crate::strings::STR;

fn digest<D: Digest>(bytes: &[u8]) -> Vec<u8> {
    D::digest(bytes).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

macro_rules! digests {
    ($($name:ident $text:literal $file_name:ident $file_text:literal $digest:ty, $write:expr, $doc:literal;)*) => {$(
        #[doc = concat!("`", $text, "`")]
        pub static $name: Function = Function::new(
            $text,
            concat!($doc, " of a string."),
            &[STR],
            Shape::String,
            |call| {
                let write: fn(&[u8]) -> String = $write;
                Ok(Value::string(write(&digest::<$digest>(call.text(0).as_bytes()))))
            },
        );

        #[doc = concat!("`", $file_text, "`")]
        pub static $file_name: Function = Function::new(
            $file_text,
            concat!($doc, " of a file's contents."),
            &[PATH],
            Shape::String,
            |call| {
                let write: fn(&[u8]) -> String = $write;
                let bytes = contents_plainly(call.cx, call.text(0))?;
                Ok(Value::string(write(&digest::<$digest>(&bytes))))
            },
        );
    )*};
}

digests! {
    MD5 "md5" FILEMD5 "filemd5" Md5, hex, "The MD5 digest";
    SHA1 "sha1" FILESHA1 "filesha1" Sha1, hex, "The SHA-1 digest";
    SHA256 "sha256" FILESHA256 "filesha256" Sha256, hex, "The SHA-256 digest";
    SHA512 "sha512" FILESHA512 "filesha512" Sha512, hex, "The SHA-512 digest";
    BASE64SHA256 "base64sha256" FILEBASE64SHA256 "filebase64sha256" Sha256,
        |bytes| ENGINE.encode(bytes), "The SHA-256 digest in Base64";
    BASE64SHA512 "base64sha512" FILEBASE64SHA512 "filebase64sha512" Sha512,
        |bytes| ENGINE.encode(bytes), "The SHA-512 digest in Base64";
}
