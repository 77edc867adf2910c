//! Run files: a snapshot as a file, for whoever reads what a program recorded after or while it runs.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use aimlm_vocabulary::Error;
use serde::{Deserialize, Serialize};

use crate::{Snapshot, schema_1};

/// What the first member of a run file says, so that it is not taken for a report.
const KIND: &str = "run";

/// Most bytes that a file may have once it is unpacked.
const MOST: u64 = 4 << 30;

/// How a packed file begins.
const GZIP: [u8; 2] = [0x1f, 0x8b];

#[derive(Serialize)]
struct Written<'a> {
    aimlm: &'static str,
    #[serde(flatten)]
    snapshot: &'a Snapshot,
}

/// As much of a file as says what it is.
#[derive(Deserialize)]
struct Head {
    aimlm: Option<String>,
    schema_version: Option<u32>,
    /// Reports have it, run files have not.
    generated_at_text: Option<serde::de::IgnoredAny>,
    /// So has the JSON of the original system.
    recommendations: Option<serde::de::IgnoredAny>,
}

impl Snapshot {
    /// Reads a run file: what `Metrics::export` writes to a name that ends in `.aimlm.json` or `.json.gz`, and what
    /// `AIMLM_REPORT=run:path` asks for. The bare JSON of a snapshot is one, too.
    ///
    /// ```
    /// use std::time::Duration;
    /// use aimlm::{Metrics, Snapshot};
    ///
    /// let metrics = Metrics::default_instance();
    /// metrics.record_inference("minilm", Duration::from_millis(7));
    /// let path = std::env::temp_dir().join(format!("doc-{}.aimlm.json", std::process::id()));
    /// metrics.export(&path)?;
    ///
    /// let run = Snapshot::read(&path)?;
    /// assert_eq!(run.inference_of("minilm").unwrap().calls.counts.ok, 1);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<_, aimlm::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If there is no such file, if it is none of a run, with what it is instead, or if its numbers contradict each other.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let refused = |error: io::Error| Error::io("read the run file", path, error);
        let bytes = read_whole(File::open(path).map_err(refused)?).map_err(refused)?;
        Self::from_run_file(&bytes)
            .map_err(|reason| refused(io::Error::new(io::ErrorKind::InvalidData, reason)))
    }

    /// Reads the bytes of a run file, packed or not.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), with the reason alone.
    pub fn from_run_file(bytes: &[u8]) -> Result<Self, String> {
        let unpacked;
        let bytes = if bytes.starts_with(&GZIP) {
            unpacked = unpack(bytes)?;
            &unpacked
        } else {
            bytes
        };
        let head: Head =
            serde_json::from_slice(bytes).map_err(|error| format!("it is no run file: {error}"))?;
        head.check()?;
        let read = if head.schema_version == Some(1) {
            serde_json::from_slice(bytes).and_then(|file| serde_json::from_value(schema_1::upgraded(file)))
        } else {
            serde_json::from_slice(bytes)
        };
        read.map_err(|error| error.to_string())
    }

    /// The text of a run file.
    ///
    /// # Panics
    ///
    /// Never: every map has texts as keys.
    #[must_use]
    pub fn to_run_file(&self) -> String {
        let written = Written {
            aimlm: KIND,
            snapshot: self,
        };
        serde_json::to_string(&written).expect("every map has texts as keys")
    }

    /// The same, packed as gzip does. With the feature `gzip`.
    ///
    /// # Panics
    ///
    /// Never: memory takes all.
    #[cfg(feature = "gzip")]
    #[must_use]
    pub fn to_packed_run_file(&self) -> Vec<u8> {
        use std::io::Write;

        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        let written = packed.write_all(self.to_run_file().as_bytes());
        written.and_then(|()| packed.finish()).expect("memory takes all")
    }
}

impl Head {
    fn check(&self) -> Result<(), String> {
        match (self.aimlm.as_deref(), self.schema_version) {
            (Some(KIND), _) => Ok(()),
            (Some(other), _) => Err(format!("it is no run file, but a {other} of aimlm")),
            _ if self.schema_version.is_none() && self.recommendations.is_some() => {
                Err("it is no run file, but a report in the legacy form".into())
            }
            _ if self.generated_at_text.is_some() => Err("it is no run file, but a report of aimlm".into()),
            (None, Some(_)) => Ok(()),
            (None, None) => Err("it is no run file: it does not say its `schema_version`".into()),
        }
    }
}

fn read_whole(file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(io::Error::other(format!("it has more than {} GiB", MOST >> 30)));
    }
    Ok(bytes)
}

#[cfg(feature = "gzip")]
fn unpack(bytes: &[u8]) -> Result<Vec<u8>, String> {
    // Several parts may stand one behind the other, as `cat` leaves them.
    read_whole(flate2::read::MultiGzDecoder::new(bytes))
        .map_err(|error| format!("it can not be unpacked: {error}"))
}

#[cfg(not(feature = "gzip"))]
fn unpack(_: &[u8]) -> Result<Vec<u8>, String> {
    Err("it is packed, and aimlm was built without the feature `gzip`".into())
}

#[cfg(test)]
mod tests {
    use aimlm_vocabulary::{Number, Stage};

    use super::*;
    use crate::fixture::{Series, snapshot};

    fn run() -> Snapshot {
        snapshot([Series::new(Stage::Inference, "m").ok(0.1, &[(Number::TokensOut, 3.0)])])
    }

    #[test]
    fn a_run_file_reads_back_packed_or_not() {
        let run = run();
        let text = run.to_run_file();
        assert!(text.starts_with(r#"{"aimlm":"run","schema_version":"#), "{text}");
        assert_eq!(Snapshot::from_run_file(text.as_bytes()), Ok(run.clone()));
        let bare = serde_json::to_string(&run).unwrap();
        assert_eq!(Snapshot::from_run_file(bare.as_bytes()), Ok(run.clone()));
        #[cfg(feature = "gzip")]
        {
            let packed = run.to_packed_run_file();
            assert!(packed.len() < text.len() / 2);
            assert_eq!(Snapshot::from_run_file(&packed), Ok(run));
            let cut = Snapshot::from_run_file(&packed[..packed.len() / 2]).unwrap_err();
            assert!(cut.contains("unpacked"), "{cut}");
        }
    }

    #[test]
    fn what_is_none_says_what_it_is() {
        for (text, reason) in [
            (r#"{"aimlm":"report","schema_version":1}"#, "a report of aimlm"),
            (
                r#"{"schema_version":1,"generated_at_text":"2026"}"#,
                "a report of aimlm",
            ),
            (r#"{"timestamp":1.5,"recommendations":[]}"#, "legacy"),
            ("{}", "schema_version"),
            ("[1]", "no run file"),
            ("", "no run file"),
        ] {
            let refused = Snapshot::from_run_file(text.as_bytes()).unwrap_err();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
        let missing = Snapshot::read("no/such.aimlm.json").unwrap_err();
        assert!(missing.to_string().contains("no/such.aimlm.json"), "{missing}");
    }
}
