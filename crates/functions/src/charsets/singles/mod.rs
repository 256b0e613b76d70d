//! Encodings of one byte a character: their names and what the bytes mean.

mod iso_8859;
mod vendors;
mod windows;

/// An encoding of one byte a character.
pub(in crate::charsets) struct Single {
    /// The name that the registry of character sets prefers.
    pub(in crate::charsets) name: &'static str,
    /// Its other names.
    pub(in crate::charsets) aliases: &'static [&'static str],
    /// The characters of the bytes from 128 on, or of all bytes; U+FFFD where a byte means nothing.
    pub(in crate::charsets) characters: &'static str,
}

/// All of them.
pub(super) fn singles() -> impl Iterator<Item = &'static Single> {
    [iso_8859::SINGLES, windows::SINGLES, vendors::SINGLES]
        .into_iter()
        .flatten()
}
