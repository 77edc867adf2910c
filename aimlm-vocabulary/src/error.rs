use std::{fmt, io, path::Path};

/// Anything that aimlm can refuse. Nothing on the path of an annotated call returns it.
///
/// The message says what was wrong and what would be right.
pub struct Error(Box<ErrorKind>);

enum ErrorKind {
    Config(String),
    Histogram(String),
    Io {
        doing: &'static str,
        path: String,
        source: io::Error,
    },
    AlreadyInitialized,
}

impl Error {
    /// A setting that can not be taken.
    #[doc(hidden)]
    #[must_use]
    pub fn config(message: String) -> Self {
        Self(Box::new(ErrorKind::Config(message)))
    }

    /// Bytes or numbers that are no histogram.
    #[doc(hidden)]
    #[must_use]
    pub fn histogram(message: &str) -> Self {
        Self(Box::new(ErrorKind::Histogram(message.into())))
    }

    /// A file or stream that can not be read or written.
    #[doc(hidden)]
    #[must_use]
    pub fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self(Box::new(ErrorKind::Io {
            doing,
            path: path.display().to_string(),
            source,
        }))
    }

    /// The global metrics were in use.
    #[doc(hidden)]
    #[must_use]
    pub fn already_initialized() -> Self {
        Self(Box::new(ErrorKind::AlreadyInitialized))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            ErrorKind::Config(message) => write!(f, "aimlm configuration: {message}"),
            ErrorKind::Histogram(message) => write!(f, "not a latency histogram: {message}"),
            ErrorKind::Io { doing, path, source } => write!(f, "can not {doing} `{path}`: {source}"),
            ErrorKind::AlreadyInitialized => f.write_str(
                "the global metrics are in use already: configure them before the first annotated call",
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self})")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0 {
            ErrorKind::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
