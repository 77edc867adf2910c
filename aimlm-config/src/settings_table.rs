use std::{borrow::Cow, collections::BTreeMap, fmt, time::Duration};

use aimlm_diagnosis::Bound;

use super::{
    Config,
    setting_rows::for_each_setting,
    written_tree::{Node, WrittenValue},
};

/// One setting: how it is called, what it may be, where it is kept.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) key: Cow<'static, str>,
    pub(super) kind: SettingKind,
    /// What it means, as `docs/configuration.md` says it.
    #[cfg(test)]
    pub(super) meaning: Cow<'static, str>,
}

type Place<T> = fn(&mut Config) -> &mut T;

#[derive(Debug, Clone)]
pub(super) enum SettingKind {
    Switch(Place<bool>),
    /// From one number to another.
    Whole(u64, u64, Place<usize>),
    /// From one number to another.
    Milliseconds(u64, u64, Place<Duration>),
    /// A number that a rule compares with.
    Bound(Bound),
    Percentiles(Place<Vec<f64>>),
}

/// Where the bounds of rules stand.
pub(super) const THRESHOLDS: &str = "thresholds.";

/// Every setting there is. Files, environment, builder and `docs/configuration.md` follow from these.
pub(super) fn settings() -> impl Iterator<Item = Setting> {
    let bounds = Bound::all().map(|bound| Setting {
        key: format!("{THRESHOLDS}{bound}").into(),
        kind: SettingKind::Bound(bound),
        #[cfg(test)]
        meaning: bound.meaning().into(),
    });
    SETTINGS.iter().cloned().chain(bounds)
}

macro_rules! table {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $type:ty = $default:expr;
        key $key:literal $kind:ident($($range:expr),*);
        meaning $meaning:literal;
        $(#[doc = $setter:literal])+
        set($argument:ident: $taken:ty) $value:expr;
    )+) => {
        /// The settings that are no bounds of rules.
        const SETTINGS: &[Setting] = &[$(Setting {
            key: Cow::Borrowed($key),
            kind: SettingKind::$kind($($range,)* |config| &mut config.$name),
            #[cfg(test)]
            meaning: Cow::Borrowed($meaning),
        }),+];
    };
}

for_each_setting!(table);

/// What a setting did not accept: the value, or one element of it.
#[derive(Debug)]
pub(super) struct Refusal<'n> {
    pub(super) node: &'n Node,
    pub(super) element: Option<usize>,
}

impl Refusal<'_> {
    /// `name` is what the place it came from calls the setting.
    pub(super) fn message(&self, name: &str, allowed: &dyn fmt::Display) -> String {
        let element = self.element.map(|index| format!("[{index}]")).unwrap_or_default();
        format!("`{name}{element}` is {}; allowed: {allowed}", self.node.shown)
    }
}

impl Setting {
    pub(super) fn find(key: &str) -> Option<Self> {
        settings().find(|setting| setting.key == key)
    }

    /// The name of the environment variable.
    pub(super) fn variable(&self) -> String {
        format!("AIMLM_{}", self.key.to_uppercase().replace('.', "_"))
    }

    /// Puts the value into the configuration, if it is allowed; otherwise says all that is not.
    pub(super) fn put<'n>(&self, node: &'n Node, config: &mut Config) -> Result<(), Vec<Refusal<'n>>> {
        let refusal = || vec![Refusal { node, element: None }];
        match &self.kind {
            SettingKind::Switch(of) => *of(config) = switch(&node.value).ok_or_else(refusal)?,
            SettingKind::Whole(from, to, of) => {
                *of(config) = whole(&node.value, *from, *to).ok_or_else(refusal)?;
            }
            SettingKind::Milliseconds(from, to, of) => {
                *of(config) = time(&node.value, *from, *to).ok_or_else(refusal)?;
            }
            SettingKind::Bound(bound) => {
                let value = number(&node.value, |n| bound.allows(n)).ok_or_else(refusal)?;
                config.thresholds.put(*bound, value);
            }
            SettingKind::Percentiles(of) => *of(config) = percentiles(node)?,
        }
        Ok(())
    }

    /// The value in a configuration.
    pub(super) fn get(&self, config: &mut Config) -> Node {
        match &self.kind {
            SettingKind::Switch(of) => node(WrittenValue::Switch(*of(config))),
            SettingKind::Whole(.., of) => node(WrittenValue::Whole(*of(config) as i128)),
            SettingKind::Milliseconds(.., of) => node(WrittenValue::Time(*of(config))),
            SettingKind::Bound(bound) => node(WrittenValue::Number(config.thresholds.value(*bound))),
            SettingKind::Percentiles(of) => node(WrittenValue::List(
                of(config)
                    .iter()
                    .map(|p| node(WrittenValue::Number(*p)))
                    .collect(),
            )),
        }
    }
}

/// A value from a configuration, which has no text of its own.
fn node(value: WrittenValue) -> Node {
    let shown = match &value {
        WrittenValue::Switch(on) => on.to_string(),
        WrittenValue::Whole(whole) => whole.to_string(),
        WrittenValue::Time(time) => format!("{time:?}"),
        WrittenValue::Number(number) => number.to_string(),
        _ => String::new(),
    };
    Node::new(0, &shown, value)
}

fn switch(value: &WrittenValue) -> Option<bool> {
    if let WrittenValue::Switch(on) = value {
        Some(*on)
    } else {
        None
    }
}

fn whole(value: &WrittenValue, from: u64, to: u64) -> Option<usize> {
    let WrittenValue::Whole(whole) = value else {
        return None;
    };
    let allowed = u64::try_from(*whole)
        .ok()
        .filter(|whole| (from..=to).contains(whole))?;
    usize::try_from(allowed).ok()
}

fn time(value: &WrittenValue, from: u64, to: u64) -> Option<Duration> {
    let time = match value {
        WrittenValue::Whole(whole) => Duration::from_millis(u64::try_from(*whole).ok()?),
        WrittenValue::Time(time) => *time,
        _ => return None,
    };
    (Duration::from_millis(from)..=Duration::from_millis(to))
        .contains(&time)
        .then_some(time)
}

pub(super) fn number(value: &WrittenValue, allowed: impl Fn(f64) -> bool) -> Option<f64> {
    let number = match value {
        WrittenValue::Whole(whole) => *whole as f64,
        WrittenValue::Number(number) => *number,
        _ => return None,
    };
    allowed(number).then_some(number)
}

/// Sorted, each once.
fn percentiles(node: &Node) -> Result<Vec<f64>, Vec<Refusal<'_>>> {
    let items = match &node.value {
        WrittenValue::List(items) if !items.is_empty() => items,
        _ => return Err(vec![Refusal { node, element: None }]),
    };
    let (mut percentiles, mut refused) = (Vec::new(), Vec::new());
    for (index, node) in items.iter().enumerate() {
        match number(&node.value, |n| n > 0.0 && n < 100.0) {
            Some(percentile) => percentiles.push(percentile),
            None => refused.push(Refusal {
                node,
                element: Some(index),
            }),
        }
    }
    if !refused.is_empty() {
        return Err(refused);
    }
    percentiles.sort_unstable_by(f64::total_cmp);
    percentiles.dedup();
    Ok(percentiles)
}

/// The allowed values, in words.
impl fmt::Display for SettingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(_) => f.write_str("true or false"),
            Self::Whole(from, to, _) => write!(f, "a whole number from {from} to {to}"),
            Self::Milliseconds(from, to, _) => {
                write!(f, "a whole number of milliseconds from {from} to {to}")
            }
            Self::Bound(bound) => f.write_str(bound.allowed()),
            Self::Percentiles(_) => f.write_str("a list of at least one number, each over 0 and under 100"),
        }
    }
}

/// The names directly under `group` ("" or "thresholds." and so on) and what stands there: a setting, or a
/// further group.
pub(super) fn under(group: &str) -> BTreeMap<String, Option<Setting>> {
    let mut map = BTreeMap::new();
    // One by one: to collect them sorts with 8 KiB of the stack, and a first call may have a small one.
    for setting in settings() {
        let Some(rest) = setting.key.strip_prefix(group) else {
            continue;
        };
        match rest.split_once('.') {
            Some((name, _)) => map.insert(name.to_owned(), None),
            None => map.insert(rest.to_owned(), Some(setting.clone())),
        };
    }
    if group == THRESHOLDS {
        // Its keys are names of models.
        map.insert("models".to_owned(), None);
    }
    map
}
