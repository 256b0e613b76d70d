//! The file's objects as they stand there: one pass over the text, attributes left as text.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A string of the file, borrowed where it holds no escapes.
#[derive(Deserialize, Debug, Default, Clone)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Keys we do not know, with the text of their values.
pub(super) type Unknown<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// Declares a JSON object: named keys go to fields, all others to `unknown`. Serde's own `flatten`
/// would copy everything first. `null` for a key is the same as no key.
macro_rules! json_object {
    ($(#[$doc:meta])* $name:ident { $($field:ident : $key:literal => $ty:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Default, Debug)]
        pub(super) struct $name<'a> {
            $(pub(super) $field: Option<$ty>,)*
            pub(super) unknown: Unknown<'a>,
        }

        impl<'de: 'a, 'a> Deserialize<'de> for $name<'a> {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object<'a>(PhantomData<&'a ()>);
                impl<'de: 'a, 'a> Visitor<'de> for Object<'a> {
                    type Value = $name<'a>;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                        let mut object = $name::default();
                        while let Some(Text(key)) = map.next_key::<Text<'de>>()? {
                            match &*key {
                                $($key => object.$field = map.next_value::<Option<$ty>>()?,)*
                                _ => {
                                    let value: &'de RawValue = map.next_value()?;
                                    object.unknown.push((key, value));
                                }
                            }
                        }
                        Ok(object)
                    }
                }
                deserializer.deserialize_map(Object(PhantomData))
            }
        }
    };
}

json_object! {
    /// The whole file.
    RawState {
        version: "version" => u64,
        terraform_version: "terraform_version" => Text<'a>,
        serial: "serial" => u64,
        lineage: "lineage" => Text<'a>,
        outputs: "outputs" => RawOutputs<'a>,
        resources: "resources" => Vec<RawResource<'a>>,
        check_results: "check_results" => Vec<RawCheck<'a>>,
    }
}

json_object! {
    /// Outputs by name: every key is "unknown".
    RawOutputs {}
}

json_object! {
    /// One output.
    RawOutput {
        value: "value" => &'a RawValue,
        ty: "type" => &'a RawValue,
        sensitive: "sensitive" => bool,
    }
}

json_object! {
    /// One entry of `resources`.
    RawResource {
        module: "module" => Text<'a>,
        mode: "mode" => Text<'a>,
        kind: "type" => Text<'a>,
        name: "name" => Text<'a>,
        provider: "provider" => Text<'a>,
        instances: "instances" => Vec<RawInstance<'a>>,
    }
}

json_object! {
    /// One entry of `instances`: a current or deposed object.
    RawInstance {
        index_key: "index_key" => &'a RawValue,
        status: "status" => Text<'a>,
        deposed: "deposed" => Text<'a>,
        schema_version: "schema_version" => u64,
        attributes: "attributes" => &'a RawValue,
        sensitive_attributes: "sensitive_attributes" => &'a RawValue,
        private: "private" => Text<'a>,
        dependencies: "dependencies" => &'a RawValue,
        create_before_destroy: "create_before_destroy" => bool,
    }
}

json_object! {
    /// One entry of `check_results`.
    RawCheck {
        kind: "object_kind" => Text<'a>,
        config_addr: "config_addr" => Text<'a>,
        status: "status" => Text<'a>,
        objects: "objects" => Vec<RawCheckObject<'a>>,
    }
}

json_object! {
    /// One entry of a check result's `objects`.
    RawCheckObject {
        object_addr: "object_addr" => Text<'a>,
        status: "status" => Text<'a>,
        failure_messages: "failure_messages" => Vec<Text<'a>>,
    }
}
