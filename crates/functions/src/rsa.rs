//! Private keys of RSA in their text forms, and decryption with the padding of PKCS #1 v1.5.
//!
//! It is used on the machine that holds the key and answers nobody, so that it need not take constant time.

use base64::Engine as _;
use dashu_int::UBig;
use dashu_int::fast_div::ConstDivisor;

use crate::base64_text::ENGINE;

/// Keys with more bits are not read: each doubling of them costs eight times the time.
const MOST_BITS: usize = 16_384;

const OPENSSH_MAGIC: &[u8] = b"openssh-key-v1\0";

/// What is needed of a key to decrypt.
pub(crate) struct PrivateKey {
    modulus: UBig,
    exponent: UBig,
}

impl PrivateKey {
    /// Reads a key in PEM: of PKCS #1, PKCS #8 or OpenSSH, not encrypted.
    ///
    /// # Errors
    /// Why it cannot be used; no full stop.
    pub(crate) fn read(text: &str) -> Result<PrivateKey, String> {
        let (label, body) = pem(text).ok_or("invalid private key: ssh: no key found")?;
        if body.contains("Proc-Type: 4,ENCRYPTED") || label == "ENCRYPTED PRIVATE KEY" {
            return Err(
                "invalid private key: ssh: this private key is passphrase protected".into(),
            );
        }
        let plain: String = body
            .lines()
            .filter(|line| !line.contains(':'))
            .flat_map(str::chars)
            .filter(|c| !c.is_whitespace())
            .collect();
        let bytes = ENGINE
            .decode(plain)
            .map_err(|_| "invalid private key: ssh: no key found")?;
        let malformed = || "invalid ASN1 data in the given private key".to_owned();
        let key = match label {
            "RSA PRIVATE KEY" => pkcs1(&bytes).ok_or_else(malformed)?,
            "PRIVATE KEY" => {
                let inner = pkcs8(&bytes).ok_or_else(malformed)?;
                pkcs1(inner).ok_or("invalid private key type")?
            }
            "OPENSSH PRIVATE KEY" => openssh(&bytes).ok_or("invalid private key type")?,
            "EC PRIVATE KEY" | "DSA PRIVATE KEY" => return Err("invalid private key type".into()),
            other => {
                return Err(format!(
                    "invalid private key: ssh: unsupported key type {}",
                    crate::strings::quoted(other)
                ));
            }
        };
        let bits = key.modulus.to_be_bytes().len() * 8;
        if key.modulus < UBig::from(3_u8) || bits > MOST_BITS {
            return Err("invalid private key: the modulus cannot be used".into());
        }
        Ok(key)
    }

    /// The text behind the padding.
    pub(crate) fn decrypt(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let number = UBig::from_be_bytes(bytes);
        if number >= self.modulus {
            return None;
        }
        let ring = ConstDivisor::new(self.modulus.clone());
        let plain = ring.reduce(number).pow(&self.exponent).residue();
        let length = self.modulus.to_be_bytes().len();
        let digits = plain.to_be_bytes();
        let mut padded = vec![0; length.checked_sub(digits.len())?];
        padded.extend_from_slice(&digits);
        let rest = padded.strip_prefix(&[0, 2])?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        (end >= 8).then(|| rest[end + 1..].to_vec())
    }
}

/// The label and the text of the first block.
fn pem(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let end = format!("-----END {label}-----");
    let (body, _) = rest.split_once(&end)?;
    Some((label, body))
}

/// One element of DER: its content, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = bytes.split_first()?;
    if *first != tag {
        return None;
    }
    let (short, mut rest) = rest.split_first()?;
    let mut length = usize::from(*short);
    if length >= 0x80 {
        let count = length & 0x7f;
        if count == 0 || count > 4 {
            return None;
        }
        let (digits, after) = rest.split_at_checked(count)?;
        length = digits
            .iter()
            .fold(0, |sum, digit| (sum << 8) | usize::from(*digit));
        rest = after;
    }
    rest.split_at_checked(length)
}

fn integer(bytes: &[u8]) -> Option<(UBig, &[u8])> {
    let (content, rest) = element(bytes, 2)?;
    Some((UBig::from_be_bytes(content), rest))
}

/// Version, modulus, public exponent, private exponent, and what makes decrypting faster.
fn pkcs1(bytes: &[u8]) -> Option<PrivateKey> {
    let (content, _) = element(bytes, 0x30)?;
    let (_, rest) = integer(content)?;
    let (modulus, rest) = integer(rest)?;
    let (_, rest) = integer(rest)?;
    let (exponent, _) = integer(rest)?;
    Some(PrivateKey { modulus, exponent })
}

/// Version, kind of key, and the key itself as bytes.
fn pkcs8(bytes: &[u8]) -> Option<&[u8]> {
    let (content, _) = element(bytes, 0x30)?;
    let (_, rest) = integer(content)?;
    let (_, rest) = element(rest, 0x30)?;
    element(rest, 4).map(|(key, _)| key)
}

/// A string of the wire format of SSH: its length in four bytes, then its bytes.
fn wire<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (content, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(content)
}

fn openssh(bytes: &[u8]) -> Option<PrivateKey> {
    let mut rest = bytes.strip_prefix(OPENSSH_MAGIC)?;
    if wire(&mut rest)? != b"none" {
        return None;
    }
    wire(&mut rest)?;
    wire(&mut rest)?;
    let (_, mut rest) = rest.split_at_checked(4)?;
    wire(&mut rest)?;
    let (_, mut inner) = wire(&mut rest)?.split_at_checked(8)?;
    if wire(&mut inner)? != b"ssh-rsa" {
        return None;
    }
    let modulus = UBig::from_be_bytes(wire(&mut inner)?);
    wire(&mut inner)?;
    let exponent = UBig::from_be_bytes(wire(&mut inner)?);
    Some(PrivateKey { modulus, exponent })
}
