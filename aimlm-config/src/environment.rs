use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use super::{
    Config, nearest_key,
    problems::Problems,
    settings_table::{Setting, SettingKind, settings},
    written_tree::{Node, WrittenValue, shortened},
};

const PREFIX: &str = "AIMLM_";
const FILE: &str = "AIMLM_CONFIG";
/// Variables of other parts of aimlm.
const ELSEWHERE: &[&str] = &["AIMLM_REPORT", "AIMLM_REPORT_EVERY", "AIMLM_REPORT_SIGNALS"];

/// The variables that are meant for aimlm, by name.
#[derive(Debug, Clone)]
pub(super) struct Environment(Vec<(String, OsString)>);

impl Environment {
    /// Keeps what starts with `AIMLM_`. An empty variable counts as not set.
    pub(super) fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let ours = variables
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .filter_map(|(name, value)| {
                let name = name.to_string_lossy();
                name.starts_with(PREFIX).then(|| (name.into_owned(), value))
            });
        let mut ours: Vec<_> = ours.collect();
        ours.sort_unstable();
        Self(ours)
    }

    /// The file that `AIMLM_CONFIG` names.
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.0
            .iter()
            .find(|(name, _)| name == FILE)
            .map(|(_, path)| path.into())
    }

    /// A variable that is no setting only gives a warning: orchestrators set such for services of like names.
    pub(super) fn apply(&self, config: &mut Config, problems: &mut Problems) {
        for (name, value) in &self.0 {
            if name == FILE || ELSEWHERE.contains(&&**name) {
                continue;
            }
            match settings().find(|setting| setting.variable() == *name) {
                Some(setting) => {
                    for problem in put(&setting, name, value, config).err().into_iter().flatten() {
                        problems.push(|| problem);
                    }
                }
                None => config.warnings.push(unknown(name, value)),
            }
        }
    }
}

fn put(setting: &Setting, name: &str, value: &OsStr, config: &mut Config) -> Result<(), Vec<String>> {
    let Some(text) = value.to_str() else {
        let (shown, allowed) = (shortened(&value.to_string_lossy()), allowed(setting));
        return Err(vec![format!(
            "`{name}` is {shown:?}, which is not UTF-8; allowed: {allowed}"
        )]);
    };
    let node = read(&setting.kind, text);
    setting.put(&node, config).map_err(|refusals| {
        let messages = refusals
            .iter()
            .map(|refusal| refusal.message(name, &allowed(setting)));
        messages.collect()
    })
}

/// What does not read as the setting's type stays text, which no setting accepts.
fn read(kind: &SettingKind, written: &str) -> Node {
    let trimmed = written.trim();
    let value = match kind {
        SettingKind::Switch(_) => match trimmed {
            "true" | "1" => Some(WrittenValue::Switch(true)),
            "false" | "0" => Some(WrittenValue::Switch(false)),
            _ => None,
        },
        SettingKind::Whole(..) | SettingKind::Milliseconds(..) => {
            trimmed.parse().ok().map(WrittenValue::Whole)
        }
        SettingKind::Bound(_) => trimmed.parse().ok().map(WrittenValue::Number),
        SettingKind::Percentiles(_) => Some(WrittenValue::List(written.split(',').map(percentile).collect())),
    };
    shown_as_written(written, value.unwrap_or(WrittenValue::Other))
}

fn percentile(written: &str) -> Node {
    shown_as_written(
        written.trim(),
        written
            .trim()
            .parse()
            .map_or(WrittenValue::Other, WrittenValue::Number),
    )
}

fn shown_as_written(written: &str, value: WrittenValue) -> Node {
    Node {
        at: 0,
        shown: format!("{:?}", shortened(written)),
        value,
    }
}

/// The setting's range, and how to write it where there is only text.
fn allowed(setting: &Setting) -> String {
    match setting.kind {
        SettingKind::Switch(_) => format!("{} (or 1 or 0)", setting.kind),
        SettingKind::Percentiles(_) => format!("{}, separated by commas", setting.kind),
        _ => setting.kind.to_string(),
    }
}

fn unknown(name: &str, value: &OsStr) -> String {
    let variables: Vec<_> = settings().map(|setting| setting.variable()).collect();
    let known = variables
        .iter()
        .map(String::as_str)
        .chain([FILE])
        .chain(ELSEWHERE.iter().copied());
    // The common prefix is no likeness.
    let known = known.filter_map(|name| name.strip_prefix(PREFIX));
    let advice = match nearest_key::nearest(&name[PREFIX.len()..], known) {
        Some(near) => {
            let near = format!("{PREFIX}{near}");
            let setting = settings().find(|setting| setting.variable() == near);
            let range = setting
                .map(|setting| format!(", {}", allowed(&setting)))
                .unwrap_or_default();
            format!("did you mean `{near}`{range}?")
        }
        None => {
            format!("allowed: `{FILE}`, or `{PREFIX}` and a key in capitals, such as `AIMLM_HISTORY_SIZE`")
        }
    };
    let name = shortened(name).escape_debug().to_string();
    let value = shortened(&value.to_string_lossy());
    format!("unknown variable `{name}`, which is {value:?}, is not taken; {advice}")
}
