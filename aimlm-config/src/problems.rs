use super::Config;
use crate::Error;

/// Everything that is wrong with the settings so far, one line each.
#[derive(Debug, Default)]
pub(super) struct Problems {
    lines: Vec<String>,
    unlisted: usize,
    /// The first file that could not be read.
    unreadable: Option<Error>,
}

/// More lines help nobody: such a file is something else altogether.
const LISTED: usize = 100;

impl Problems {
    /// The line is not made if it will not be listed: finding positions in a file of errors takes long.
    pub(super) fn push(&mut self, line: impl FnOnce() -> String) {
        if self.lines.len() < LISTED {
            self.lines.push(line());
        } else {
            self.unlisted += 1;
        }
    }

    /// A file whose settings are not known.
    pub(super) fn push_unreadable(&mut self, error: Error) {
        self.push(|| error.to_string());
        self.unreadable.get_or_insert(error);
    }

    /// The configuration, if nothing is wrong with it. The order of its thresholds is looked at only when each
    /// is allowed, for a refused one has left another value in its place.
    pub(super) fn none_in(self, config: Config) -> Result<Config, Error> {
        self.into_result()?;
        let mut problems = Self::default();
        for line in config.thresholds.out_of_order() {
            problems.push(|| line);
        }
        problems.into_result().map(|()| config)
    }

    /// The configuration without what is wrong in it, and what that was, one line each.
    pub(super) fn taken_from(mut self, mut config: Box<Config>) -> (Box<Config>, Vec<String>) {
        for line in config.thresholds.out_of_order() {
            self.push(|| line);
        }
        config.thresholds.put_in_order();
        (config, self.listed())
    }

    fn listed(mut self) -> Vec<String> {
        if self.unlisted > 0 {
            self.lines.push(format!("and {} more", self.unlisted));
        }
        self.lines
    }

    fn into_result(self) -> Result<(), Error> {
        if let Some(error) = self.unreadable {
            return Err(error);
        }
        let count = self.lines.len() + self.unlisted;
        let lines = self.listed();
        match count {
            0 => Ok(()),
            1 => Err(Error::config(lines.concat())),
            _ => Err(Error::config(format!("{count} errors\n{}", lines.join("\n")))),
        }
    }
}
