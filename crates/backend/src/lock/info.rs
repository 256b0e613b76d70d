//! The lock info: who holds a state, for what, since when; its exact JSON form.

use std::fmt;
use std::time::SystemTime;

use crate::Surroundings;

/// What a run does to a state, in the words that lock infos use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Planning.
    Plan,
    /// Applying, destroying included.
    Apply,
    /// Refreshing.
    Refresh,
    /// Anything without a word of its own: import, console.
    Other,
    /// Moving a resource in the state.
    StateMv,
    /// Removing a resource from the state.
    StateRm,
    /// Replacing the state by a given one.
    StatePush,
    /// Putting a former state in the place of the present one.
    StateRestore,
    /// Replacing a provider's address.
    StateReplaceProvider,
    /// Marking a resource for replacement.
    Taint,
    /// Taking that mark off.
    Untaint,
    /// Making a workspace from a given state.
    WorkspaceNew,
    /// Making the empty state of a workspace.
    Init,
    /// Reading the state that is moved elsewhere.
    MigrationSource,
    /// Writing the state that was moved.
    MigrationDestination,
}

impl Operation {
    /// The word in lock infos.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "OperationTypePlan",
            Self::Apply => "OperationTypeApply",
            Self::Refresh => "OperationTypeRefresh",
            Self::Other => "OperationTypeInvalid",
            Self::StateMv => "state-mv",
            Self::StateRm => "state-rm",
            Self::StatePush => "state-push",
            Self::StateRestore => "state-restore",
            Self::StateReplaceProvider => "state-replace-provider",
            Self::Taint => "taint",
            Self::Untaint => "untaint",
            Self::WorkspaceNew => "workspace-new",
            Self::Init => "init",
            Self::MigrationSource => "migration source state",
            Self::MigrationDestination => "migration destination state",
        }
    }
}

/// Who holds a state. Read tolerantly, written in exactly the form that Terraform and OpenTofu
/// produce: OpenTofu releases a lock only if the stored text equals what it would write itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockInfo {
    /// The lock's id.
    pub id: String,
    /// What the holder does: see [`Operation`]; any text of others.
    pub operation: String,
    /// Free text; always empty from us.
    pub info: String,
    /// `user@host`.
    pub who: String,
    /// The holder's version.
    pub version: String,
    /// Since when, RFC 3339 in UTC, fraction without trailing zeros.
    pub created: String,
    /// The state: a path, or `bucket/key`.
    pub path: String,
}

impl LockInfo {
    /// The info of a lock about to be taken.
    pub fn new(operation: Operation, location: String, surroundings: &Surroundings) -> Self {
        Self {
            id: (surroundings.uuid)(),
            operation: operation.as_str().to_owned(),
            info: String::new(),
            who: surroundings.who.clone(),
            version: surroundings.version.clone(),
            created: go_time((surroundings.now)()),
            path: location,
        }
    }

    /// Reads the stored form: any JSON object with an id; members that are not texts are as if empty.
    /// `None` where it is none, which makes the lock a damaged one.
    pub fn parse(text: &str) -> Option<Self> {
        let members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(text).ok()?;
        let text = |name: &str| {
            let member = members.get(name).and_then(serde_json::Value::as_str);
            member.unwrap_or_default().to_owned()
        };
        let info = Self {
            id: text("ID"),
            operation: text("Operation"),
            info: text("Info"),
            who: text("Who"),
            version: text("Version"),
            created: text("Created"),
            path: text("Path"),
        };
        (!info.id.is_empty()).then_some(info)
    }

    /// The exact stored form: compact JSON of seven fields in fixed order, quoted as Go does.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(256);
        let fields = [
            ("ID", &self.id),
            ("Operation", &self.operation),
            ("Info", &self.info),
            ("Who", &self.who),
            ("Version", &self.version),
            ("Created", &self.created),
            ("Path", &self.path),
        ];
        for (n, (key, value)) in fields.into_iter().enumerate() {
            out.push(if n == 0 { '{' } else { ',' });
            out.push('"');
            out.push_str(key);
            out.push_str("\":");
            trueup_value::json::write_string(value, &mut out);
        }
        out.push('}');
        out
    }

    /// The time of creation as people are shown it: `2026-11-21 07:00:00.5 +0000 UTC`.
    pub fn created_text(&self) -> String {
        match self
            .created
            .strip_suffix('Z')
            .and_then(|t| t.split_once('T'))
        {
            Some((day, time)) => format!("{day} {time} +0000 UTC"),
            None => self.created.clone(),
        }
    }
}

/// The block that people's scripts look for.
impl fmt::Display for LockInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Lock Info:\n  ID:        {}\n  Path:      {}\n  Operation: {}\n  Who:       {}\n  \
             Version:   {}\n  Created:   {}\n  Info:      {}\n",
            self.id,
            self.path,
            self.operation,
            self.who,
            self.version,
            self.created_text(),
            self.info
        )
    }
}

/// RFC 3339 in UTC, up to nine fractional digits, trailing zeros cut.
fn go_time(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time)
        .map(|timestamp| timestamp.to_string())
        .unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_stored_form_is_the_captured_one() {
        let text = "{\"ID\":\"5c16f078-0b1a-1bbe-801c-28e0e157fb54\",\"Operation\":\"OperationTypeApply\",\"Info\":\"\",\"Who\":\"root@vm\",\"Version\":\"1.11.4\",\"Created\":\"2026-11-21T07:48:28.807073333Z\",\"Path\":\"tfbkt/app/terraform.tfstate\"}";
        let info = LockInfo::parse(text).expect("a lock info");
        assert_eq!(info.to_json(), text);
        assert_eq!(
            info.created_text(),
            "2026-11-21 07:48:28.807073333 +0000 UTC"
        );
    }

    #[test]
    fn special_characters_are_quoted_as_go_does() {
        let info = LockInfo {
            id: "1".into(),
            who: "a<b>&\"\u{2028}\n@h".into(),
            ..LockInfo::default()
        };
        let json = info.to_json();
        assert!(
            json.contains(r#""Who":"a\u003cb\u003e\u0026\"\u2028\n@h""#),
            "{json}"
        );
        assert_eq!(LockInfo::parse(&json), Some(info));
    }

    #[test]
    fn times_lose_trailing_zeros() {
        let at = |nanos: u32| go_time(SystemTime::UNIX_EPOCH + Duration::new(0, nanos));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(500_000_000), "1970-01-01T00:00:00.5Z");
        assert_eq!(at(197_611_710), "1970-01-01T00:00:00.19761171Z");
    }

    #[test]
    fn what_is_no_lock_info_is_none() {
        for text in ["", "x", "{}", "[]", "{\"ID\":\"\"}", "{\"ID\":1}"] {
            assert_eq!(LockInfo::parse(text), None, "{text}");
        }
    }
}
