//! States and plans kept from other eyes: OpenTofu's encryption, in the form that OpenTofu reads and writes.
//!
//! A text is opened with whatever method fits it, and sealed with the first one. Keys come from providers; what a
//! key was made with stands beside the sealed text, so that it can be made again.

mod cipher;
mod envelope;
mod keys;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use trueup_state::{Header, ReadError, State};

pub use keys::{Hash, KeyProvider, KeySource, Passphrase};

use crate::Error;
use crate::registry::Connect;
use cipher::Key;
use envelope::{Envelope, Meta};
use keys::Keys;

/// How a text is sealed.
#[derive(Clone)]
pub enum Method {
    /// Not at all: the text is written as it is.
    Unencrypted,
    /// AES-GCM with a key of 16 or 32 bytes.
    AesGcm {
        /// Where the key comes from.
        keys: Arc<KeyProvider>,
        /// Further bytes that are authenticated with the text; usually none.
        aad: Vec<u8>,
    },
}

/// Seals and opens texts. Without methods it leaves them as they are, and cannot open what is sealed.
#[derive(Clone, Default)]
pub struct Sealing(Option<Arc<Sealer>>);

struct Sealer {
    /// The first one seals; all open.
    methods: Vec<Method>,
    keys: Keys,
    /// Keys that opened texts, by method and what stood beside the text. Making one is slow on purpose.
    known: Mutex<HashMap<(usize, Meta), Result<Key, String>>>,
    /// The key that this run seals with, once it is made.
    own: tokio::sync::Mutex<Option<(Key, Meta)>>,
}

impl fmt::Debug for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = self.0.as_ref().map_or(0, |sealer| sealer.methods.len());
        write!(f, "Sealing({methods} methods)")
    }
}

impl Sealing {
    /// Seals with the first of the methods and opens with any. `uuid` gives fresh random ids.
    pub fn new(
        methods: Vec<Method>,
        connect: Connect,
        uuid: Arc<dyn Fn() -> String + Send + Sync>,
    ) -> Self {
        Self((!methods.is_empty()).then(|| {
            Arc::new(Sealer {
                methods,
                keys: Keys::new(connect, uuid),
                known: Mutex::default(),
                own: tokio::sync::Mutex::new(None),
            })
        }))
    }

    /// Whether anything is sealed or opened at all.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// Makes the keys that opening `text` will need; what goes wrong is said by [`Sealing::open`].
    pub(crate) async fn prepare(&self, text: &[u8]) {
        let (Some(sealer), Some(envelope)) = (&self.0, Envelope::read(text)) else {
            return;
        };
        for (at, method) in sealer.methods.iter().enumerate() {
            let Method::AesGcm { keys, .. } = method else {
                continue;
            };
            let place = (at, envelope.meta.clone());
            if sealer.known(&place).is_none() {
                let key = sealer.keys.again(keys, &envelope.meta).await;
                sealer
                    .known
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(place.clone(), key);
            }
            if sealer
                .known(&place)
                .is_some_and(|key| key.is_ok_and(|key| envelope.open(&key, method.aad()).is_ok()))
            {
                return;
            }
        }
    }

    /// The plain text. [`Sealing::prepare`] must have seen the same text.
    fn open(&self, text: &[u8]) -> Result<Opened, ReadError> {
        let Some(sealer) = &self.0 else {
            // Whatever it is, whoever reads it says so.
            return Ok(Opened::Plain);
        };
        let Some(envelope) = Envelope::read(text) else {
            let plain = sealer
                .methods
                .iter()
                .any(|m| matches!(m, Method::Unencrypted));
            let empty = text.iter().all(u8::is_ascii_whitespace);
            return match plain || empty {
                true => Ok(Opened::Plain),
                false => Err(ReadError::NotEncrypted),
            };
        };
        if envelope.version != envelope::VERSION {
            return Err(ReadError::Sealed {
                problem: format!(
                    "its encryption has version {:?}, this program knows {:?}",
                    envelope.version,
                    envelope::VERSION
                ),
            });
        }
        let mut problems = Vec::new();
        for (at, method) in sealer.methods.iter().enumerate() {
            let Method::AesGcm { keys, aad } = method else {
                continue;
            };
            let opened = match sealer.known(&(at, envelope.meta.clone())) {
                Some(Ok(key)) => envelope.open(&key, aad),
                Some(Err(problem)) => Err(problem),
                None => Err("its key was not asked for".to_owned()),
            };
            match opened {
                Ok(plain) => {
                    envelope.same_head(&plain)?;
                    return Ok(Opened::Sealed(plain, at == 0));
                }
                Err(problem) => problems.push(format!("{}: {problem}", keys.name)),
            }
        }
        Err(ReadError::Sealed {
            problem: match problems.is_empty() {
                true => "the configuration names no method that decrypts".to_owned(),
                false => problems.join("; "),
            },
        })
    }

    /// The state that a text holds. [`Sealing::prepare`] must have seen the same text.
    pub(crate) fn state(&self, text: &[u8]) -> Result<State, ReadError> {
        match self.open(text)? {
            Opened::Plain => State::read(text),
            Opened::Sealed(plain, _) => State::read(&plain),
        }
    }

    /// Whether a text is not in the form that it would be written in now.
    pub(crate) fn is_outdated(&self, text: &[u8]) -> bool {
        let Some(sealer) = &self.0 else {
            return false;
        };
        let seals = !matches!(sealer.methods.first(), None | Some(Method::Unencrypted));
        match self.open(text) {
            Ok(Opened::Plain) => seals,
            Ok(Opened::Sealed(_, with_first)) => !(seals && with_first),
            Err(_) => false,
        }
    }

    /// The text as it is stored.
    ///
    /// # Errors
    /// [`Error::Sealing`] where no key is to be had.
    pub async fn seal(&self, text: Vec<u8>) -> Result<Vec<u8>, Error> {
        let Some(sealer) = &self.0 else {
            return Ok(text);
        };
        let Some(Method::AesGcm { keys, aad }) = sealer.methods.first() else {
            return Ok(text);
        };
        let failed = |problem| Error::Sealing {
            provider: keys.name.clone(),
            problem,
        };
        let (key, meta) = {
            let mut own = sealer.own.lock().await;
            match &*own {
                Some(made) => made.clone(),
                None => {
                    let made = sealer.keys.fresh(keys).await.map_err(failed)?;
                    own.insert(made).clone()
                }
            }
        };
        let nonce = sealer.keys.chance(cipher::NONCE);
        let header = Header::read(&text);
        let sealed = cipher::seal(&key, &nonce, aad, text).map_err(failed)?;
        // What was sealed here is read again in the same run.
        sealer
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((0, meta.clone()), Ok(key));
        Ok(envelope::write(&header, &meta, &sealed))
    }

    /// The plain form of a text that is no state: a saved plan.
    ///
    /// # Errors
    /// Why it can't be opened.
    pub async fn open_other(&self, text: Vec<u8>) -> Result<Vec<u8>, ReadError> {
        self.prepare(&text).await;
        Ok(match self.open(&text)? {
            Opened::Plain => text,
            Opened::Sealed(plain, _) => plain,
        })
    }
}

/// Whether a text is sealed.
pub fn is_sealed(text: &[u8]) -> bool {
    Envelope::read(text).is_some()
}

enum Opened {
    Plain,
    /// The plain text, and whether the first method opened it.
    Sealed(Vec<u8>, bool),
}

impl Method {
    fn aad(&self) -> &[u8] {
        match self {
            Self::Unencrypted => &[],
            Self::AesGcm { aad, .. } => aad,
        }
    }
}

impl Sealer {
    fn known(&self, place: &(usize, Meta)) -> Option<Result<Key, String>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(place).cloned()
    }
}
