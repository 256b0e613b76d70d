//! Edits of tables that were drawn.

use super::{
    ATTRIBUTES, Chance, Index, KEYS, Off, REGIONS, Replica, Table, index, limit, replica, together,
    units, warmer,
};

/// One change of replicas. One that is protected is given up in two goes, as AWS asks for.
pub(super) fn regions(chance: &mut Chance, table: &mut Table) {
    if let Some(together) = &mut table.together {
        let (n, many) = (chance.below(2), together.copies.len() as u64);
        let at = usize::try_from(n % many).expect("a small number");
        if let Some(copy) = together.copies.values_mut().nth(at) {
            let held = copy.held;
            let protected = !copy.protected && !held && chance.one_in(4);
            *copy = Replica {
                held,
                protected,
                ..replica(chance)
            };
        }
        return;
    }
    let region = chance.of(REGIONS);
    match table.replicas.get_mut(region) {
        Some(replica) if replica.protected || replica.held => replica.protected = false,
        Some(_) if chance.one_in(2) => {
            table.replicas.remove(region);
        }
        _ => {
            let drawn = replica(chance);
            table.replicas.insert(region, drawn);
        }
    }
}

/// One change, most of them in place.
pub fn edit(chance: &mut Chance, table: &mut Table) {
    let choice = chance.below(23);
    // These end replicas, or the table with them, which a protected one does not let happen.
    if matches!(choice, 0 | 9 | 14 | 16 | 20 | 21) && table.is_held() {
        return regions(chance, table);
    }
    match choice {
        17..=19 => regions(chance, table),
        0 => table.on_demand = !table.on_demand,
        1 => table.units = units(chance),
        2 => {
            table.limit = match table.limit {
                Some(_) if chance.one_in(2) => None,
                _ => Some(limit(chance)),
            }
        }
        3 => table.warm = Some(warmer(chance, table.warm)),
        4..=6 => {
            let name = chance.of(&["by_status", "by_date", "by_place"]);
            let warm = match table.globals.get(name) {
                Some(index) => index.warm,
                None => table.left_warm.get(name).copied(),
            };
            let drawn = Index {
                warm,
                ..index(chance)
            };
            table.globals.insert(name, drawn);
        }
        7 => {
            let name = chance.of(&["by_status", "by_date", "by_place"]);
            if let Some(warm) = table.globals.remove(name).and_then(|index| index.warm) {
                table.left_warm.insert(name, warm);
            }
        }
        8 => {
            for index in table.globals.values_mut() {
                match chance.below(4) {
                    0 => index.units = units(chance),
                    1 => index.limit = chance.one_in(2).then(|| limit(chance)),
                    2 => index.by_blocks = index.by_blocks || chance.one_in(2),
                    _ => index.warm = Some(warmer(chance, index.warm)),
                }
            }
        }
        9 => {
            let views = ["NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES"];
            table.stream = (!chance.one_in(3)).then(|| chance.of(&views));
            table.off = match chance.below(3) {
                0 => Off::Silent,
                1 => Off::Said,
                _ => Off::WithView(chance.of(&views)),
            };
        }
        10 => {
            let classes = ["STANDARD", "STANDARD_INFREQUENT_ACCESS"];
            table.class = (!chance.one_in(3)).then(|| chance.of(&classes));
        }
        11 => table.protected = (!chance.one_in(3)).then(|| chance.one_in(2)),
        12 => {
            let name = chance.of(&["expires", "gone_at"]);
            table.ttl = (!chance.one_in(3)).then(|| (name, !chance.one_in(3)));
        }
        13 => {
            let days = chance.one_in(2).then(|| chance.below(35) + 1);
            table.recovery = (!chance.one_in(3)).then(|| (!chance.one_in(3), days));
        }
        14 => {
            let key = chance.one_in(2).then(|| chance.of(KEYS));
            table.encryption = (!chance.one_in(3)).then(|| (!chance.one_in(3), key));
        }
        15 => {
            let key = chance.of(&["team", "stage", "owner"]);
            if chance.one_in(3) {
                table.tags.remove(key);
            } else {
                table.tags.insert(key, chance.of(&["red", "blue", ""]));
            }
        }
        16 => {
            let name = chance.of(ATTRIBUTES);
            table.types.insert(name, chance.of(&["S", "N", "B"]));
        }
        // From one region's table to a strongly consistent one, back, or to other regions.
        21 => {
            table.together = match table.together {
                Some(_) if chance.one_in(3) => None,
                _ => Some(together(chance)),
            }
        }
        22 => table.says_mode = !table.says_mode,
        // Another table: keys and local indexes.
        _ => {
            if chance.one_in(3) {
                table.range = match table.range {
                    Some(_) => None,
                    None => Some("sk"),
                };
                if table.range.is_none() {
                    table.locals.clear();
                }
            }
        }
    }
}
