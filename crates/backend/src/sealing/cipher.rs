//! AES-GCM: a nonce of 12 bytes, the sealed bytes, a tag of 16.

use std::fmt;
use std::sync::Arc;

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Bytes of a nonce.
pub(super) const NONCE: usize = 12;

/// A key, shown to nobody.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key(Arc<[u8]>);

impl Key {
    pub(super) fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn cipher(&self) -> Result<LessSafeKey, String> {
        let algorithm = match self.0.len() {
            16 => &AES_128_GCM,
            32 => &AES_256_GCM,
            24 => return Err("keys of 24 bytes are not supported, use 16 or 32".to_owned()),
            other => {
                return Err(format!(
                    "a key of {other} bytes is no AES key, use 16 or 32"
                ));
            }
        };
        UnboundKey::new(algorithm, &self.0)
            .map(LessSafeKey::new)
            .map_err(|_| "the key can't be used".to_owned())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Nonce, sealed text and tag in one.
pub(super) fn seal(
    key: &Key,
    nonce: &[u8],
    aad: &[u8],
    mut text: Vec<u8>,
) -> Result<Vec<u8>, String> {
    let unique = Nonce::try_assume_unique_for_key(nonce)
        .map_err(|_| "the nonce has another length".to_owned())?;
    let tag = key
        .cipher()?
        .seal_in_place_separate_tag(unique, Aad::from(aad), &mut text)
        .map_err(|_| "the text is too long".to_owned())?;
    let mut sealed = Vec::with_capacity(nonce.len() + text.len() + tag.as_ref().len());
    sealed.extend_from_slice(nonce);
    sealed.append(&mut text);
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// The plain text of what [`seal`] made.
pub(super) fn open(key: &Key, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, String> {
    let cipher = key.cipher()?;
    let Some((nonce, rest)) = sealed.split_at_checked(NONCE) else {
        return Err("the encrypted data was cut short".to_owned());
    };
    let nonce = Nonce::try_assume_unique_for_key(nonce)
        .map_err(|_| "the nonce has another length".to_owned())?;
    let mut text = rest.to_vec();
    let length = cipher
        .open_in_place(nonce, Aad::from(aad), &mut text)
        .map_err(|_| "the key does not fit, or the data was changed".to_owned())?
        .len();
    text.truncate(length);
    Ok(text)
}
