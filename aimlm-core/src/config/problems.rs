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

    pub(super) fn into_result(mut self) -> Result<(), Error> {
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
