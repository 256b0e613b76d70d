//! What a state file says of itself at its head, read from the head alone.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

/// What stands at the head of a state file, of any format version, encrypted or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Counts the writes of one lineage.
    pub serial: Option<u64>,
    /// Names the history that the serial counts.
    pub lineage: Option<String>,
    /// The version of the program that wrote the text.
    pub terraform_version: Option<String>,
    /// OpenTofu's encryption, where the rest of the text is encrypted.
    pub encryption_version: Option<String>,
}

impl Header {
    /// Reads the head of a text that may break off anywhere. What could not be reached is `None`.
    pub fn read(bytes: &[u8]) -> Self {
        let whole = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            // A character that was cut in two.
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        let mut header = Self::default();
        let mut text = serde_json::Deserializer::from_str(whole);
        // What was read before the text broke off, or stopped making sense, stands in the header.
        let _ = Seed(&mut header).deserialize(&mut text);
        header
    }

    /// Whether serial and lineage were found.
    pub fn is_complete(&self) -> bool {
        self.serial.is_some() && self.lineage.is_some()
    }
}

struct Seed<'a>(&'a mut Header);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state file")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match &*key {
                "serial" => self.0.serial = map.next_value()?,
                "lineage" => self.0.lineage = map.next_value()?,
                "terraform_version" => self.0.terraform_version = map.next_value()?,
                "encryption_version" => self.0.encryption_version = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_breaks_off_still_has_its_head() {
        let text = "{\n  \"version\": 4,\n  \"terraform_version\": \"1.11.4\",\n  \"serial\": 7,\n  \"lineage\": \"l\",\n  \"outputs\": {\"ä\": {\"val";
        let header = Header::read(text.as_bytes());
        assert_eq!(header.serial, Some(7));
        assert_eq!(header.lineage.as_deref(), Some("l"));
        assert!(header.is_complete());
        for cut in 0..text.len() {
            Header::read(&text.as_bytes()[..cut]);
        }
    }

    #[test]
    fn an_encrypted_text_names_its_serial_too() {
        let header = Header::read(br#"{"serial":3,"lineage":"l","meta":{},"encrypted_data":"x","encryption_version":"v0"}"#);
        assert_eq!(header.serial, Some(3));
        assert_eq!(header.encryption_version.as_deref(), Some("v0"));
    }

    #[test]
    fn what_is_no_state_has_no_head() {
        assert_eq!(Header::read(b"hello"), Header::default());
        assert_eq!(Header::read(b"[1]"), Header::default());
        assert_eq!(Header::read(b""), Header::default());
    }
}
