use super::*;

const NOTHING: Arguments<'_> = Arguments {
    report: None,
    path: None,
    every: None,
};

fn variables(report: &str, every: &str) -> Variables {
    let set = |value: &str| (!value.is_empty()).then(|| value.into());
    Variables {
        report: set(report),
        every: set(every),
        signals: None,
    }
}

fn asked(report: &str, arguments: Arguments<'_>) -> Option<(ReportFormat, Destination)> {
    let (request, problems) = Request::new(&variables(report, ""), arguments);
    assert_eq!(problems, [""; 0], "{report:?}");
    request.map(|request| (request.format, request.destination))
}

fn file(path: &str) -> Destination {
    Destination::file(path)
}

#[test]
fn what_is_switched_off_asks_for_nothing() {
    for (report, every, nothing) in [
        ("", "", true),
        ("", "off", true),
        ("", "1s", false),
        ("md", "", false),
    ] {
        assert_eq!(
            variables(report, every).is_empty(),
            nothing,
            "{report:?} {every:?}"
        );
    }
}

#[test]
fn the_environment_overrides_the_arguments() {
    use Destination::{Error, Output};
    use ReportFormat::{Json, Legacy, Markdown, Text};

    let text = Arguments {
        report: Some("text"),
        ..NOTHING
    };
    let path = |path| Arguments {
        path: Some(path),
        ..NOTHING
    };
    let both = Arguments {
        path: Some("a.md"),
        ..text
    };
    for (report, arguments, expected) in [
        ("", NOTHING, (Markdown, Output)),
        ("", text, (Text, Output)),
        ("", path("a.md"), (Markdown, file("a.md"))),
        ("", path("a"), (Json, file("a"))),
        ("", both, (Text, file("a.md"))),
        ("json", both, (Json, file("a.md"))),
        ("json:b", both, (Json, file("b"))),
        ("json:b:c", both, (Json, file("b:c"))),
        ("b.txt", path("a.md"), (Text, file("b.txt"))),
        ("./b", both, (Text, file("./b"))),
        ("b.json", both, (Json, file("b.json"))),
        ("/dev/fd/3", NOTHING, (Json, file("/dev/fd/3"))),
        ("C:r.md", NOTHING, (Markdown, file("C:r.md"))),
        ("MD", NOTHING, (Markdown, Output)),
        ("txt", NOTHING, (Text, Output)),
        ("Legacy", NOTHING, (Legacy, Output)),
        ("legacy:r.json", NOTHING, (Legacy, file("r.json"))),
        ("json:r.nosuch", NOTHING, (Json, file("r.nosuch"))),
        ("stderr", path("a.md"), (Markdown, Error)),
        ("text:STDERR", path("a.md"), (Text, Error)),
        ("-", path("a.md"), (Markdown, Output)),
        ("json:-", path("a.md"), (Json, Output)),
    ] {
        assert_eq!(asked(report, arguments), Some(expected), "{report:?}");
    }
}

#[test]
fn switches_are_no_files() {
    let path = Arguments {
        path: Some("a.md"),
        ..NOTHING
    };
    for off in ["off", "OFF", "0", "no", "false", "False", "none"] {
        assert_eq!(asked(off, path), None, "{off}");
    }
    for on in ["on", "1", "yes", "true", "TRUE"] {
        assert_eq!(
            asked(on, path),
            Some((ReportFormat::Markdown, file("a.md"))),
            "{on}"
        );
        assert_eq!(
            asked(on, NOTHING),
            Some((ReportFormat::Markdown, Destination::Output))
        );
    }
}

#[test]
fn what_is_wrong_is_said_and_the_report_comes_as_without() {
    let path = Arguments {
        path: Some("a.md"),
        ..NOTHING
    };
    for wrong in [
        "nosuch",
        "other",
        " text",
        "text ",
        "json:",
        "MARKDOWN:",
        "r.nosuch",
        "r.other",
        "nosuch:r.json",
        " json:r.json",
        "offf",
    ] {
        let (request, problems) = Request::new(&variables(wrong, ""), path);
        let request = request.unwrap();
        assert_eq!(request.destination, file("a.md"), "{wrong:?}");
        assert_eq!(request.format, ReportFormat::Markdown);
        let [problem] = &problems[..] else {
            panic!("{wrong:?}: {problems:?}")
        };
        assert!(
            problem.contains(&format!("{wrong:?}")) && problem.contains("`format:path`"),
            "{problem}"
        );
    }
}

#[test]
fn a_report_every_so_often_goes_to_a_file() {
    let every = |report: &str, variable: &str, argument: Option<&str>| {
        let arguments = Arguments {
            every: argument,
            ..NOTHING
        };
        let (request, problems) = Request::new(&variables(report, variable), arguments);
        (request.and_then(|request| request.every), problems.len())
    };
    let seconds = |seconds| (Some(Duration::from_secs(seconds)), 0);
    assert_eq!(every("r.md", "30s", None), seconds(30));
    assert_eq!(every("r.md", "", Some("5m")), seconds(300));
    assert_eq!(every("r.md", "1h", Some("5m")), seconds(3600));
    assert_eq!(every("r.md", "off", Some("5m")), (None, 0));
    assert_eq!(
        every("r.md", "250ms", None),
        (Some(Duration::from_millis(250)), 0)
    );
    assert_eq!(every("off", "30s", None), (None, 0));
    for wrong in ["30", "soon", "0s", "1ms", "-5s"] {
        assert_eq!(every("r.md", wrong, None), (None, 1), "{wrong}");
    }
    assert_eq!(every("", "30s", None), (None, 1));
}

#[cfg(unix)]
#[test]
fn a_path_need_not_be_text() {
    use std::os::unix::ffi::OsStringExt;

    for (value, path) in [(&b"r\xff.json"[..], &b"r\xff.json"[..]), (b"json:\xff", b"\xff")] {
        let variables = Variables {
            report: Some(OsString::from_vec(value.to_vec())),
            ..Variables::default()
        };
        let (request, problems) = Request::new(&variables, NOTHING);
        let path = PathBuf::from(OsString::from_vec(path.to_vec()));
        assert_eq!(problems, [""; 0]);
        let request = request.unwrap();
        assert_eq!(
            (request.format, request.destination),
            (ReportFormat::Json, Destination::File(path))
        );
    }
}
