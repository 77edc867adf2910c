//! The formats of reports. All that knows formats reads this table: files by their endings, `AIMLM_REPORT`,
//! `#[aimlm::main]`, what errors list, and `docs/reports.md`.

use std::path::Path;

use super::report::Report;

pub(super) mod markdown;
pub(super) mod plain_text;

struct FormatRow {
    names: &'static [&'static str],
    endings: &'static [&'static str],
    /// What the format is and how it is made; or what this build of aimlm lacks.
    made: Result<Made, &'static str>,
}

#[derive(Clone, Copy)]
struct Made {
    format: ReportFormat,
    render: fn(&Report) -> Vec<u8>,
}

/// Rows of a format: its variant, with the feature that it needs; words for `AIMLM_REPORT` and `#[aimlm::main]`, one
/// word each; endings of files, of which the longest counts; how it is made.
macro_rules! formats {
    ($(
        $(#[doc = $doc:literal])+
        $variant:ident $(needs $feature:tt)? {
            names [$($name:literal),*],
            endings [$($ending:literal),*],
            render $render:expr,
        }
    )+) => {
        /// How a report is written: by the words of `AIMLM_REPORT` and `#[aimlm::main]`, or the ending of a file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ReportFormat {
            $(
                $(#[doc = $doc])+
                ///
                #[doc = concat!("Words:" $(, " `", $name, "`")*, ". Endings of files:" $(, " `.", $ending, "`")*, ".")]
                $(#[cfg(feature = $feature)])?
                $variant,
            )+
        }

        const TABLE: &[FormatRow] = &[$(FormatRow {
            names: &[$($name),*],
            endings: &[$($ending),*],
            $(#[cfg(not(feature = $feature))]
            made: Err(concat!("aimlm was built without the feature `", $feature, "`, which this format needs")),)?
            $(#[cfg(feature = $feature)])?
            made: Ok(Made { format: ReportFormat::$variant, render: $render }),
        }),+];

        const WRONG_NAME: &str =
            concat!("there is no such format; allowed: ", $($("`", $name, "`, ",)*)+ "in any case of letters");

        const WRONG_ENDING: &str =
            concat!("the name must end in ", $($(".", $ending, ", ",)*)+ "or in nothing, which is JSON");
    };
}

formats! {
    /// Markdown, as [`Report::to_markdown`].
    Markdown {
        names ["markdown", "md"],
        endings ["md", "markdown"],
        render |report| report.to_markdown().into_bytes(),
    }
    /// Text for a terminal, as [`Report::to_text`].
    Text {
        names ["text", "txt"],
        endings ["txt", "text"],
        render |report| report.to_text().into_bytes(),
    }
    /// JSON, as [`Report::to_json`].
    Json {
        names ["json"],
        endings ["json"],
        render |report| report.to_json().into_bytes(),
    }
    /// The JSON of the system that aimlm succeeds, as [`Report::to_legacy_json`].
    Legacy {
        names ["legacy"],
        endings [],
        render |report| report.to_legacy_json().into_bytes(),
    }
    /// Everything that was recorded, for [`Snapshot::read`](aimlm_snapshot::Snapshot::read).
    Run {
        names ["run"],
        endings ["aimlm.json"],
        render |report| report.snapshot().to_run_file().into_bytes(),
    }
    /// The same, packed as gzip does.
    PackedRun needs "gzip" {
        names [],
        endings ["json.gz"],
        render |report| report.snapshot().to_packed_run_file(),
    }
}

impl ReportFormat {
    /// All formats that this build has.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE
            .iter()
            .filter_map(|row| row.made.ok().map(|made| made.format))
    }

    /// The words for it in `AIMLM_REPORT` and `#[aimlm::main]`, in any case of letters; none for one that only the ending
    /// of a file asks for.
    #[must_use]
    pub fn names(self) -> &'static [&'static str] {
        self.row().names
    }

    /// The endings of files that are written in it, without the first dot.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        self.row().endings
    }

    /// The format that is called so, in any case of letters.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let row = row_named(name)?;
        row.made.ok().map(|made| made.format)
    }

    /// The format of a file that is called so: of endings that fit the longest counts, and JSON where the name has none.
    ///
    /// # Errors
    ///
    /// If it ends otherwise, with what is allowed.
    pub fn of(path: &Path) -> Result<Self, &'static str> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match row_of_file(&name) {
            Some(row) => row.made.map(|made| made.format),
            None if path.extension().is_none() => Ok(Self::Json),
            None => Err(WRONG_ENDING),
        }
    }

    /// The report in this format.
    #[must_use]
    pub fn render(self, report: &Report) -> Vec<u8> {
        let made = self.row().made;
        made.map_or_else(|_| Vec::new(), |made| (made.render)(report))
    }

    fn row(self) -> &'static FormatRow {
        let is_its = |row: &&FormatRow| row.made.is_ok_and(|made| made.format == self);
        TABLE.iter().find(is_its).expect("each format has a row")
    }
}

const fn row_named(name: &str) -> Option<&'static FormatRow> {
    let mut row = 0;
    while row < TABLE.len() {
        let names = TABLE[row].names;
        let mut at = 0;
        while at < names.len() {
            if name.len() == names[at].len() && ends_in(name, names[at]) {
                return Some(&TABLE[row]);
            }
            at += 1;
        }
        row += 1;
    }
    None
}

/// The row whose ending, after a dot, is the longest that the name has.
const fn row_of_file(name: &str) -> Option<&'static FormatRow> {
    let (mut found, mut longest, mut row) = (None, 0, 0);
    while row < TABLE.len() {
        let endings = TABLE[row].endings;
        let mut at = 0;
        while at < endings.len() {
            let length = endings[at].len();
            if length > longest && has_ending(name, endings[at]) {
                (found, longest) = (Some(&TABLE[row]), length);
            }
            at += 1;
        }
        row += 1;
    }
    found
}

const fn has_ending(name: &str, ending: &str) -> bool {
    ends_in(name, ending)
        && name.len() > ending.len()
        && name.as_bytes()[name.len() - ending.len() - 1] == b'.'
}

/// Whether it ends so, in any case of letters.
const fn ends_in(name: &str, end: &str) -> bool {
    let (name, end) = (name.as_bytes(), end.as_bytes());
    let mut at = 0;
    while at < end.len() && at < name.len() {
        at += 1;
        if !name[name.len() - at].eq_ignore_ascii_case(&end[end.len() - at]) {
            return false;
        }
    }
    at == end.len()
}

/// What `#[aimlm::main(report = …)]` asserts while the program is compiled.
#[doc(hidden)]
#[track_caller]
pub const fn assert_name(name: &str) {
    match row_named(name) {
        Some(FormatRow { made: Ok(_), .. }) => {}
        Some(FormatRow { made: Err(lack), .. }) => panic!("{}", *lack),
        None => panic!("{}", WRONG_NAME),
    }
}

/// What `#[aimlm::main(path = …)]` asserts while the program is compiled, where the format is not given.
#[doc(hidden)]
#[track_caller]
pub const fn assert_file(path: &str) {
    match row_of_file(path) {
        Some(FormatRow { made: Ok(_), .. }) => {}
        Some(FormatRow { made: Err(lack), .. }) => panic!("{}", *lack),
        None => assert!(!has_dot(path), "{}", WRONG_ENDING),
    }
}

/// Whether the last part of the path has a dot that is not its first character.
const fn has_dot(path: &str) -> bool {
    const fn separates(byte: u8) -> bool {
        matches!(byte, b'/' | b'\\')
    }
    let path = path.as_bytes();
    let mut at = path.len();
    while at > 1 && !separates(path[at - 1]) {
        at -= 1;
        if path[at] == b'.' && !separates(path[at - 1]) {
            return true;
        }
    }
    false
}
