use std::{ffi::OsString, fs, path::PathBuf};

use tempfile::TempDir;

use super::refused;
use crate::Config;

fn written(name: &str, content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, content).expect("written");
    (folder, path)
}

#[test]
fn the_extension_says_what_it_is_or_else_the_content() {
    let toml = "[ai_ml.metrics]\nhistory_size = 3";
    let json = "\n {\"ai_ml.metrics\": {\"history_size\": 3}}";
    for (name, content) in [
        ("a.toml", toml),
        ("a.json", json),
        ("a.JSON", json),
        ("a.conf", toml),
        ("a", json),
    ] {
        let (_folder, path) = written(name, content.as_bytes());
        assert_eq!(Config::from_file(&path).expect(name).history_size, 3);
    }
    let (_folder, path) = written("bom.json", format!("\u{feff}{json}").as_bytes());
    assert_eq!(
        Config::from_file(&path).expect("a byte order mark").history_size,
        3
    );
    let (_folder, path) = written("a.toml", json.as_bytes());
    let message = refused(Config::from_file(&path));
    assert!(
        message.starts_with(&format!("{}:2:2: not valid TOML: ", path.display())),
        "{message}"
    );
}

#[test]
fn messages_start_with_the_path() {
    let (_folder, path) = written("a.toml", b"[ai_ml.metrics]\nhistory_size = -3\nmax_series = 0");
    let path_shown = path.display();
    assert_eq!(
        refused(Config::from_file(&path)),
        format!(
            "2 errors\n\
             {path_shown}:2:16: `history_size` is -3; allowed: a whole number from 0 to 1000000\n\
             {path_shown}:3:14: `max_series` is 0; allowed: a whole number from 1 to 1000000"
        )
    );
}

#[test]
fn a_file_that_can_not_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("absent.toml");
    let reason = fs::read_to_string(&path).expect_err("absent");
    let shown = path.display();
    assert_eq!(
        refused(Config::from_file(&path)),
        format!("can not read the configuration file `{shown}`: {reason}")
    );
    let variables = [(OsString::from("AIMLM_CONFIG"), path.clone().into_os_string())];
    assert_eq!(
        refused(Config::builder().variables(variables).build()),
        format!("can not read the configuration file that AIMLM_CONFIG names, `{shown}`: {reason}")
    );
    let (_folder, path) = written("a.toml", b"\xff\xfe");
    let message = refused(Config::from_file(&path));
    assert_eq!(
        message,
        format!(
            "can not read the configuration file `{}`: stream did not contain valid UTF-8",
            path.display()
        )
    );
}
