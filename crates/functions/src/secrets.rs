//! Passwords and what is encrypted: `bcrypt` and `rsadecrypt`.

use base64::Engine as _;
use base64::alphabet::BCRYPT as ALPHABET;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use trueup_value::{Type, Value};

use crate::base64_text::ENGINE;
use crate::function::{
    Call, Function, FunctionError, Parameter, Shape, argument_error, call_error,
};
use crate::numeric::whole;
use crate::rsa;

/// The cost where none is given, or one that is too low.
const USUAL_COST: u32 = 10;
const LOWEST_COST: i64 = 4;
const HIGHEST_COST: i64 = 31;
/// Longer passwords would be cut.
const LONGEST_PASSWORD: usize = 72;

/// `bcrypt`
pub static BCRYPT: Function = Function::new(
    "bcrypt",
    "A hash of a password, with salt; known when it is applied.",
    &[Parameter::string("str", "The password.")],
    Shape::String,
    bcrypt_hash,
)
.variadic(Parameter::number(
    "cost",
    "How costly the hash is to compute, from 4 to 31.",
))
.impure();

fn bcrypt_hash(call: &Call<'_>) -> Result<Value, FunctionError> {
    let Some(source) = call.cx.source else {
        return Ok(Value::unknown(Type::String));
    };
    if call.args.len() > 2 {
        return Err(call_error("bcrypt() takes no more than two arguments"));
    }
    let cost = match call.args.get(1) {
        None => i64::from(USUAL_COST),
        Some(cost) => whole(cost).map_err(|message| argument_error(1, message))?,
    };
    if cost > HIGHEST_COST {
        return Err(call_error(format!(
            "error occurred generating password crypto/bcrypt: cost {cost} is outside allowed inclusive range {LOWEST_COST}..{HIGHEST_COST}"
        )));
    }
    let cost = if cost < LOWEST_COST {
        USUAL_COST
    } else {
        u32::try_from(cost).unwrap_or(USUAL_COST)
    };
    let password = call.text(0).as_bytes();
    if password.len() > LONGEST_PASSWORD {
        return Err(call_error(format!(
            "error occurred generating password bcrypt: password length exceeds {LONGEST_PASSWORD} bytes"
        )));
    }
    Ok(Value::string(hashed(password, cost, source.chance())))
}

/// Version, cost, salt and hash in one text.
fn hashed(password: &[u8], cost: u32, salt: [u8; 16]) -> String {
    let mut key = password.to_vec();
    key.push(0);
    key.truncate(LONGEST_PASSWORD);
    let hash = bcrypt::bcrypt(cost, salt, &key);
    let engine = GeneralPurpose::new(&ALPHABET, NO_PAD);
    format!(
        "$2a${cost:02}${}{}",
        engine.encode(salt),
        engine.encode(&hash[..23])
    )
}

/// `rsadecrypt`
pub static RSADECRYPT: Function = Function::new(
    "rsadecrypt",
    "The text that was encrypted for an RSA key.",
    &[
        Parameter::string("ciphertext", "What was encrypted, in Base64."),
        Parameter::string("privatekey", "The key, in PEM."),
    ],
    Shape::String,
    |call| {
        let given = call.text(0);
        let plain: String = given
            .chars()
            .filter(|c| !matches!(c, '\r' | '\n'))
            .collect();
        let bytes = ENGINE.decode(plain).map_err(|_| {
            argument_error(
                0,
                format!(
                    "failed to decode input {}: cipher text must be base64-encoded",
                    crate::strings::quoted(given)
                ),
            )
        })?;
        let key =
            rsa::PrivateKey::read(call.text(1)).map_err(|message| argument_error(1, message))?;
        let text = key
            .decrypt(&bytes)
            .ok_or_else(|| call_error("failed to decrypt: crypto/rsa: decryption error"))?;
        Ok(Value::string(String::from_utf8_lossy(&text)))
    },
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_hash_comes_out() {
        let mut salt = [0; 16];
        let engine = GeneralPurpose::new(&ALPHABET, NO_PAD);
        salt.copy_from_slice(
            &engine
                .decode("CCCCCCCCCCCCCCCCCCCCC.")
                .expect("it is Base64"),
        );
        assert_eq!(
            hashed(b"U*U", 5, salt),
            "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        );
    }
}
