use std::collections::{BTreeMap, BTreeSet};

use aimlm_diagnosis::{Bound, Threshold};

use super::{
    Config, nearest_key,
    problems::Problems,
    settings_table::{self, Setting, number},
    settings_text::SettingsText,
    written_tree::{Node, WrittenKey, WrittenValue, line_and_column, shortened},
};

/// Where the settings stand in a larger file.
const SECTION: &str = "ai_ml.metrics";
/// Where the bounds of single models stand in it.
const MODELS: &str = "thresholds.models";

type Entries = [(WrittenKey, Node)];

/// Puts the settings of a file into the configuration; everything that is wrong goes to `problems`.
pub(super) fn apply(source: &SettingsText<'_>, root: &Node, config: &mut Config, problems: &mut Problems) {
    let mut reading = Reading {
        source,
        config,
        problems,
        seen: BTreeMap::new(),
        duplicated: BTreeSet::new(),
    };
    let WrittenValue::Table(top) = &root.value else {
        let shown = &root.shown;
        return reading.report(
            root.at,
            &format!("the file is {shown}; allowed: a table with the key `{SECTION}`"),
        );
    };
    reading.duplicates(top);
    let sections = reading.sections(top);
    for (key, node) in &sections {
        match &node.value {
            _ if !reading.first_time(SECTION, key.at) => {}
            WrittenValue::Table(entries) => reading.group("", entries),
            _ => reading.not_a_table(SECTION, node, &names("")),
        }
    }
    if sections.is_empty() {
        reading.outside(top);
    }
}

struct Reading<'r> {
    source: &'r SettingsText<'r>,
    config: &'r mut Config,
    problems: &'r mut Problems,
    /// Where each key was seen first.
    seen: BTreeMap<String, usize>,
    /// Where keys were seen again.
    duplicated: BTreeSet<usize>,
}

impl Reading<'_> {
    /// Keys that stand twice in one table, at any depth: other readers of the file might take the other. TOML has
    /// refused them before.
    fn duplicates(&mut self, entries: &Entries) {
        let mut seen = BTreeMap::new();
        for (key, node) in entries {
            match seen.get(&*key.name) {
                Some(&first) => self.duplicate(&key.name, first, key.at),
                None => _ = seen.insert(&*key.name, key.at),
            }
            self.duplicates_inside(node);
        }
    }

    fn duplicates_inside(&mut self, node: &Node) {
        match &node.value {
            WrittenValue::Table(entries) => self.duplicates(entries),
            WrittenValue::List(items) => items.iter().for_each(|item| self.duplicates_inside(item)),
            _ => {}
        }
    }

    /// Every `ai_ml.metrics`, nested or as one key with a dot.
    fn sections<'n>(&mut self, top: &'n Entries) -> Vec<(&'n WrittenKey, &'n Node)> {
        let mut found = Vec::new();
        for (key, node) in top {
            match (&*key.name, &node.value) {
                _ if self.duplicated.contains(&key.at) => {}
                (SECTION, _) => found.push((key, node)),
                ("ai_ml", WrittenValue::Table(inner)) => {
                    found.extend(
                        inner
                            .iter()
                            .filter(|(key, _)| key.name == "metrics")
                            .map(|(key, node)| (key, node)),
                    );
                }
                ("ai_ml", _) => self.not_a_table("ai_ml", node, "`metrics`"),
                _ => {}
            }
        }
        found
    }

    fn group(&mut self, prefix: &str, entries: &Entries) {
        for (key, node) in entries {
            let path = format!("{prefix}{}", key.name);
            if !self.first_time(&path, key.at) {
                continue;
            }
            if path == MODELS {
                self.models(node);
                continue;
            }
            let names_inside = names(&format!("{path}."));
            match (Setting::find(&path), &node.value) {
                (Some(setting), _) => self.setting(&setting, key, node),
                (None, _) if names_inside.is_empty() => self.unknown(prefix, &path, key, node),
                (None, WrittenValue::Table(inside)) => self.group(&format!("{path}."), inside),
                (None, _) => self.not_a_table(&path, node, &names_inside),
            }
        }
    }

    /// The bounds of single models: a table by name, of tables like those of the general bounds.
    fn models(&mut self, node: &Node) {
        let WrittenValue::Table(models) = &node.value else {
            return self.not_a_table(MODELS, node, "models by name");
        };
        for (model, node) in models {
            let path = format!("{MODELS}.{:?}", model.name);
            if let Some(pairs) = self.table_of_model(&path, model, node) {
                for (key, node) in pairs {
                    self.bounds_of_model(&path, model, key, node);
                }
            }
        }
    }

    fn bounds_of_model(&mut self, path: &str, model: &WrittenKey, key: &WrittenKey, node: &Node) {
        let path = format!("{path}.{}", key.name);
        let mut for_models = Threshold::all().filter(|threshold| threshold.for_models);
        let Some(threshold) = for_models.find(|threshold| threshold.key == key.name) else {
            let for_models = Threshold::all().filter(|threshold| threshold.for_models);
            return self.unknown_of_model(&path, key, node, for_models.map(|threshold| threshold.key));
        };
        let Some(bounds) = self.table_of_model(&path, key, node) else {
            return;
        };
        for (key, node) in bounds {
            let path = format!("{path}.{}", key.name);
            if !self.first_time(&path, key.at) {
                continue;
            }
            let named = |bound: &Bound| {
                bound
                    .severity()
                    .is_some_and(|severity| severity.name() == key.name)
            };
            let Some(bound) = threshold.each().find(named) else {
                let severities = threshold.each().filter_map(|bound| bound.severity());
                self.unknown_of_model(&path, key, node, severities.map(|severity| severity.name()));
                continue;
            };
            match number(&node.value, |value| bound.allows(value)) {
                Some(value) => _ = self.config.thresholds.put_for(&model.name, bound, value),
                None => {
                    let allowed = format!("`{path}` is {}; allowed: {}", node.shown, bound.allowed());
                    self.report(node.position(key), &allowed);
                }
            }
        }
    }

    fn table_of_model<'n>(&mut self, path: &str, key: &WrittenKey, node: &'n Node) -> Option<&'n Entries> {
        if !self.first_time(path, key.at) {
            return None;
        }
        if let WrittenValue::Table(inside) = &node.value {
            return Some(inside);
        }
        self.not_a_table(path, node, "bounds");
        None
    }

    fn unknown_of_model(
        &mut self,
        path: &str,
        key: &WrittenKey,
        node: &Node,
        allowed: impl Iterator<Item = &'static str>,
    ) {
        let allowed: Vec<_> = allowed.collect();
        let advice = match nearest_key::nearest(&key.name, allowed.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let allowed: Vec<_> = allowed.iter().map(|name| format!("`{name}`")).collect();
                format!("allowed here: {}", allowed.join(", "))
            }
        };
        let path = shortened(path).escape_debug().to_string();
        self.report(
            key.at,
            &format!("unknown key `{path}`, which is {}; {advice}", node.shown),
        );
    }

    fn setting(&mut self, setting: &Setting, key: &WrittenKey, node: &Node) {
        for refusal in setting.put(node, self.config).err().into_iter().flatten() {
            let message = refusal.message(&setting.key, &setting.kind);
            self.report(refusal.node.position(key), &message);
        }
    }

    fn unknown(&mut self, prefix: &str, path: &str, key: &WrittenKey, node: &Node) {
        let known = settings_table::under(prefix);
        let advice = match nearest_key::nearest(&key.name, known.keys().map(String::as_str)) {
            Some(near) => match &known[near] {
                Some(setting) => format!("did you mean `{}`, {}?", setting.key, setting.kind),
                None => format!("did you mean the table `{prefix}{near}`?"),
            },
            None => format!("allowed here: {}", names(prefix)),
        };
        let path = shortened(path).escape_debug().to_string();
        self.report(
            key.at,
            &format!("unknown key `{path}`, which is {}; {advice}", node.shown),
        );
    }

    /// Settings at the top of a file, where other programs have theirs, are not taken; nor are they ignored
    /// silently when the file has no place for ours.
    fn outside(&mut self, top: &Entries) {
        let known = settings_table::under("");
        for (key, _) in top.iter().filter(|(key, _)| known.contains_key(&*key.name)) {
            let place = self.source.section_in_words();
            let message = format!("`{}` stands outside of `{SECTION}`; write it {place}", key.name);
            self.report(key.at, &message);
        }
    }

    fn not_a_table(&mut self, path: &str, node: &Node, names: &str) {
        self.report(
            node.at,
            &format!("`{path}` is {}; allowed: a table of {names}", node.shown),
        );
    }

    /// Whether the key is not there for the second time.
    fn first_time(&mut self, path: &str, at: usize) -> bool {
        if let Some(&first) = self.seen.get(path) {
            self.duplicate(path, first, at);
            return false;
        }
        self.seen.insert(path.into(), at);
        true
    }

    /// Each is said once, by the name that it has in its table or by the one that it has among the settings.
    fn duplicate(&mut self, name: &str, first: usize, at: usize) {
        if self.duplicated.insert(at) {
            let (line, column) = line_and_column(self.source.text, first);
            let name = shortened(name).escape_debug().to_string();
            self.report(at, &format!("duplicate key `{name}`, first at {line}:{column}"));
        }
    }

    fn report(&mut self, at: usize, message: &str) {
        self.problems.push(|| self.source.located(at, message));
    }
}

/// The names under a group, for a message.
fn names(group: &str) -> String {
    let names: Vec<_> = settings_table::under(group)
        .into_keys()
        .map(|name| format!("`{name}`"))
        .collect();
    names.join(", ")
}
