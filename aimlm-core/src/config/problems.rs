use super::Config;
use crate::Error;

/// Everything that is wrong with the settings so far, one line each.
#[derive(Debug, Default)]
pub(super) struct Problems {
    lines: Vec<String>,
    unlisted: usize,
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

    fn into_result(mut self) -> Result<(), Error> {
        let count = self.lines.len() + self.unlisted;
        if self.unlisted > 0 {
            self.lines.push(format!("and {} more", self.unlisted));
        }
        match count {
            0 => Ok(()),
            1 => Err(Error::config(self.lines.concat())),
            _ => Err(Error::config(format!(
                "{count} errors\n{}",
                self.lines.join("\n")
            ))),
        }
    }
}
