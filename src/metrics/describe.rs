use std::fs;
use std::path::{Path, PathBuf};

use aimlm_core::series::Description;

use super::Metrics;

impl Metrics {
    /// Says which run this is, for whoever reads its snapshots and run files: see [`Source`](crate::Source). What was said
    /// before stays, unless it is said anew.
    ///
    /// ```
    /// let metrics = aimlm::Metrics::default_instance();
    /// metrics.describe(|run| {
    ///     run.rank(3, 8).parameter("learning_rate", 3e-4).parameter("seed", 7);
    ///     if let Some(revision) = aimlm::git_revision(".") {
    ///         run.git_revision(revision);
    ///     }
    /// });
    /// let source = &metrics.snapshot().sources[0];
    /// assert_eq!((source.rank, source.world_size), (Some(3), Some(8)));
    /// assert_eq!(source.parameters["learning_rate"], "0.0003");
    /// ```
    pub fn describe(&self, say: impl FnOnce(&mut Description)) {
        self.instance.namespace().describe(say);
    }
}

/// The revision that is checked out in a folder, or in the one around it that is a repository: the full hash. None outside
/// one, or before the first commit. Reads the repository's files; needs no `git`.
#[must_use]
pub fn git_revision(folder: impl AsRef<Path>) -> Option<String> {
    let folder = fs::canonicalize(folder).ok()?;
    let git = folder
        .ancestors()
        .find_map(|folder| git_folder(&folder.join(".git")))?;
    let common = read(&git.join("commondir")).map_or_else(|| git.clone(), |to| git.join(to.trim()));
    let mut text = read(&git.join("HEAD"))?;
    // A branch may be another name of a branch.
    for _ in 0..8 {
        let Some(reference) = text.strip_prefix("ref:") else {
            return hash(&text);
        };
        let reference = reference.trim();
        text = read(&common.join(reference)).or_else(|| {
            let packed = read(&common.join("packed-refs"))?;
            let line = packed
                .lines()
                .find(|line| line.split(' ').nth(1) == Some(reference));
            line.map(str::to_owned)
        })?;
    }
    None
}

/// Where the repository is kept: in `.git`, or, of a linked working tree, where that file says.
fn git_folder(git: &Path) -> Option<PathBuf> {
    let folder = match read(git) {
        Some(link) => git.parent()?.join(link.strip_prefix("gitdir:")?.trim()),
        None => git.to_owned(),
    };
    folder.join("HEAD").is_file().then_some(folder)
}

/// The text of a file, and of nothing else: a pipe would be waited for.
fn read(path: &Path) -> Option<String> {
    path.is_file().then(|| fs::read_to_string(path).ok()).flatten()
}

/// The hash at the beginning of a text.
fn hash(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let is_hash = word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use std::env;

    use super::*;

    const HASH: &str = "0123456789abcdef0123456789abcdef01234567";

    /// As git lays them out: a branch of its own file, packed, none at all, and a linked working tree.
    #[test]
    fn whatever_way_a_revision_is_kept() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path();
        let git = folder.join(".git");
        fs::create_dir_all(git.join("refs/heads")).unwrap();
        fs::create_dir_all(folder.join("src/deep")).unwrap();
        let write = |name: &str, text: &str| fs::write(git.join(name), text).unwrap();
        let revision = || git_revision(folder.join("src/deep"));
        write("HEAD", "ref: refs/heads/main\n");
        assert_eq!(revision(), None);
        write(
            "packed-refs",
            &format!("# pack-refs with: peeled\n{HASH} refs/heads/main\n"),
        );
        assert_eq!(revision().as_deref(), Some(HASH));
        let other = HASH.replace('0', "f");
        write("refs/heads/main", &format!("{other}\n"));
        assert_eq!(revision().as_deref(), Some(other.as_str()));
        write("refs/heads/other", "ref: refs/heads/main\n");
        write("HEAD", "ref: refs/heads/other\n");
        assert_eq!(revision().as_deref(), Some(other.as_str()));
        write("HEAD", HASH);
        assert_eq!(revision().as_deref(), Some(HASH));
        // Outside of it, by a way that leads through it.
        assert_eq!(
            git_revision(folder.join("src/../..")),
            git_revision(env::temp_dir())
        );

        let tree = folder.join("tree");
        fs::create_dir_all(git.join("worktrees/tree")).unwrap();
        fs::create_dir_all(&tree).unwrap();
        write("worktrees/tree/HEAD", "ref: refs/heads/main\n");
        write("worktrees/tree/commondir", "../..\n");
        fs::write(tree.join(".git"), "gitdir: ../.git/worktrees/tree\n").unwrap();
        assert_eq!(git_revision(&tree).as_deref(), Some(other.as_str()));
    }
}
