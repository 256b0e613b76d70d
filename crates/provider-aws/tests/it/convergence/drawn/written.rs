//! A drawn table as its block says it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{Index, Limit, Off, Table, Warm};
use crate::tables::attribute;

impl Table {
    pub fn config(&self) -> Json {
        let mut used = vec![self.hash];
        used.extend(self.range);
        let no_locals = BTreeMap::new();
        let locals = match self.is_strong() {
            true => &no_locals,
            false => &self.locals,
        };
        used.extend(locals.values().map(|local| local.range));
        for index in self.globals.values() {
            used.extend(index.hash.iter().chain(&index.range));
        }
        used.sort_unstable();
        used.dedup();
        let attributes: Vec<Json> = used
            .iter()
            .map(|name| attribute(name, self.types[name]))
            .collect();
        let mut config = Map::new();
        let mut say = |name: &str, value: Json| {
            config.insert(name.to_owned(), value);
        };
        say("name", json!("orders"));
        say("hash_key", json!(self.hash));
        say("range_key", json!(self.range));
        say("attribute", json!(attributes));
        say("table_class", json!(self.class));
        say("deletion_protection_enabled", json!(self.protected));
        say("tags", json!(self.tags));
        if self.on_demand {
            say("billing_mode", json!("PAY_PER_REQUEST"));
            if let Some(limit) = self.limit {
                say("on_demand_throughput", limits(limit));
            }
        } else {
            say("read_capacity", json!(self.units.0));
            say("write_capacity", json!(self.units.1));
        }
        if let Some(warm) = self.warm {
            say("warm_throughput", warmth(warm));
        }
        if let Some(view) = self.stream {
            say("stream_enabled", json!(true));
            say("stream_view_type", json!(view));
        } else if !matches!(self.off, Off::Silent) {
            say("stream_enabled", json!(false));
            if let Off::WithView(view) = self.off {
                say("stream_view_type", json!(view));
            }
        }
        if let Some((name, enabled)) = self.ttl.filter(|_| !self.is_strong()) {
            let ttl = json!([{"attribute_name": name, "enabled": enabled}]);
            say("ttl", ttl);
        }
        if let Some((enabled, days)) = self.recovery {
            let recovery = json!([{"enabled": enabled, "recovery_period_in_days": days}]);
            say("point_in_time_recovery", recovery);
        }
        if let Some((enabled, key)) = self.encryption {
            let encryption = json!([{"enabled": enabled, "kms_key_arn": key}]);
            say("server_side_encryption", encryption);
        }
        let locals: Vec<Json> = locals
            .iter()
            .map(|(name, local)| {
                json!({
                    "name": name, "range_key": local.range, "projection_type": local.projection,
                    "non_key_attributes": local.others,
                })
            })
            .collect();
        say("local_secondary_index", json!(locals));
        // All copies have keys of their owner's, or none has.
        let key = self.encryption.and_then(|(on, key)| key.filter(|_| on));
        let mode = match self.is_strong() {
            true => Some("STRONG"),
            false => self.says_mode.then_some("EVENTUAL"),
        };
        let replicas: Vec<Json> = self
            .lies_in()
            .into_iter()
            .map(|(region, replica)| {
                json!({
                    "region_name": region,
                    "consistency_mode": mode,
                    "point_in_time_recovery": replica.recovery,
                    "propagate_tags": replica.propagates,
                    "deletion_protection_enabled": replica.protected,
                    "kms_key_arn": key.map(|key| key.replace("eu-west-1", region)),
                })
            })
            .collect();
        say("replica", json!(replicas));
        let witness = self.together.as_ref().and_then(|together| together.witness);
        if let Some(region) = witness.filter(|_| self.on_demand) {
            say("global_table_witness", json!([{"region_name": region}]));
        }
        let globals: Vec<Json> = self
            .globals
            .iter()
            .map(|(name, index)| self.global(name, index))
            .collect();
        say("global_secondary_index", json!(globals));
        Json::Object(config)
    }

    fn global(&self, name: &str, index: &Index) -> Json {
        let mut block = json!({
            "name": name, "projection_type": index.projection, "non_key_attributes": index.others,
        });
        if index.by_blocks {
            let key = |kind: &'static str| move |name: &&str| json!({"attribute_name": name, "key_type": kind});
            let mut keys: Vec<Json> = index.hash.iter().map(key("HASH")).collect();
            keys.extend(index.range.iter().map(key("RANGE")));
            block["key_schema"] = json!(keys);
        } else {
            block["hash_key"] = json!(index.hash[0]);
            block["range_key"] = json!(index.range.first());
        }
        if !self.on_demand {
            block["read_capacity"] = json!(index.units.0);
            block["write_capacity"] = json!(index.units.1);
        } else if let Some(limit) = index.limit {
            block["on_demand_throughput"] = limits(limit);
        }
        if let Some(warm) = index.warm {
            block["warm_throughput"] = warmth(warm);
        }
        block
    }
}

fn limits((read, write): Limit) -> Json {
    json!([{"max_read_request_units": read, "max_write_request_units": write}])
}

fn warmth((read, write): Warm) -> Json {
    json!([{"read_units_per_second": read, "write_units_per_second": write}])
}
