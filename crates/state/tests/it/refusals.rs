//! Files that are no state of ours: each refused with a text that says what to do.

use trueup_state::{ReadError, State};

const RESOURCE: &str = r#"{"mode":"managed","type":"t","name":"n","provider":"provider[\"terraform.io/builtin/terraform\"]","instances":[{"schema_version":0,"attributes":{},"sensitive_attributes":[]}]}"#;

fn refusal(text: &str) -> String {
    match State::read(text.as_bytes()) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

fn with_resource(text: &str) -> String {
    format!(r#"{{"version":4,"serial":1,"lineage":"l","resources":[{text}]}}"#)
}

#[test]
fn what_is_no_state_says_what_it_is() {
    for (text, wanted) in [
        ("", "the state file is empty"),
        (" \n", "the state file is empty"),
        (
            "{",
            "damaged at line 1, column 1: EOF while parsing an object",
        ),
        (
            "{\n  \"version\": 4,\n  \"serial\": x\n}",
            "damaged at line 3, column 13: expected value",
        ),
        (
            "{\"version\": 4, \"serial\": -1}",
            "damaged at line 1, column",
        ),
        ("[]", "damaged at line 1, column 1: invalid type"),
        ("{}", "does not have a \"version\" attribute"),
        (
            "{\"version\": \"4\"}",
            "does not have a \"version\" attribute",
        ),
        ("{\"version\": 0}", "uses format version 0"),
        (
            "{\"version\": 5, \"terraform_version\": \"2.0.0\", \"resources\": {}}",
            "uses format version 5, which is not supported: this program reads version 4; the file was last written by version 2.0.0",
        ),
        (
            "{\"serial\":3,\"lineage\":\"l\",\"meta\":{},\"encrypted_data\":\"\",\"encryption_version\":\"v0\"}",
            "the state is encrypted (encryption version \"v0\")",
        ),
        (
            "{\"version\": 4, \"terraform_version\": \"awsd 1\"}",
            "invalid \"terraform_version\": \"awsd 1\"",
        ),
    ] {
        let found = refusal(text);
        assert!(found.contains(wanted), "{text}\n{found}");
    }
    assert_eq!(
        State::read(b"{\"version\": 4, \"lineage\": \"\xff\"}"),
        Err(ReadError::NotText { offset: 27 })
    );
}

#[test]
fn an_entry_that_makes_no_sense_refuses_the_file() {
    assert!(State::read(with_resource(RESOURCE).as_bytes()).is_ok());
    for (from, to, wanted) in [
        ("managed", "other", "t.n: unknown mode \"other\""),
        (
            r#""provider":"provider[\"terraform.io/builtin/terraform\"]","#,
            "",
            "t.n: it names no provider",
        ),
        (
            r#"provider[\"terraform.io/builtin/terraform\"]"#,
            "nonsense",
            "t.n: invalid provider \"nonsense\"",
        ),
        (
            r#""name":"n""#,
            r#""name":"""#,
            "\"type\" and \"name\" are required",
        ),
        (r#""mode""#, r#""module":"x.y","mode""#, "x.y.t.n"),
        (
            r#""schema_version""#,
            r#""index_key":true,"schema_version""#,
            "t.n: index_key is no text or whole number",
        ),
        (
            r#""schema_version""#,
            r#""index_key":1.5,"schema_version""#,
            "index_key is no text or whole number",
        ),
        (
            r#""schema_version""#,
            r#""status":"odd","schema_version""#,
            "t.n: unknown status \"odd\"",
        ),
        (
            r#""schema_version""#,
            r#""deposed":"abc","schema_version""#,
            "t.n: the deposed key \"abc\" is not 8 characters long",
        ),
        (
            r#""schema_version""#,
            r#""private":"%","schema_version""#,
            "t.n: private is not base64",
        ),
        (
            r#""schema_version""#,
            r#""dependencies":["a..b"],"schema_version""#,
            "t.n: invalid dependency \"a..b\"",
        ),
        (
            r#""sensitive_attributes":[]"#,
            r#""sensitive_attributes":7"#,
            "the sensitive_attributes are not paths",
        ),
    ] {
        let text = with_resource(&RESOURCE.replace(from, to));
        let found = refusal(&text);
        assert!(found.contains(wanted), "{text}\n{found}");
    }
    let twice = with_resource(&format!("{RESOURCE},{RESOURCE}"));
    assert!(refusal(&twice).contains("listed twice"));
    let output = r#"{"version":4,"outputs":{"o":{"value":"x","type":"number"}}}"#;
    assert!(refusal(output).contains("output \"o\": the value does not fit its type"));
}

#[test]
fn no_beginning_of_a_file_is_read_as_a_whole_one() {
    let text = with_resource(RESOURCE);
    for end in 0..text.len() {
        assert!(State::read(&text.as_bytes()[..end]).is_err(), "{end}");
    }
}
