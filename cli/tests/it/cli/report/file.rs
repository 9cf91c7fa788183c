//! Where the page is written.

use super::{Desk, THREE};

#[test]
fn an_existing_file_is_overwritten_only_with_force() {
    let desk = Desk::with(&THREE);
    desk.put("report.html", "the report of the last incident");
    insta::assert_snapshot!(desk.run("report events"), @"
    --- stderr ---
    error: report.html exists: overwrite it with --force, or name another file with --output
    --- exit 2 ---
    ");
    assert_eq!(super::page(&desk), "the report of the last incident");
    assert_eq!(desk.run("report -o other.html events").code, Some(0));
    assert_eq!(desk.run("report --force events").code, Some(0));
    assert!(super::page(&desk).starts_with("<!DOCTYPE html>"));
}

#[test]
fn a_dash_writes_the_page_to_standard_output_and_nothing_else() {
    let desk = Desk::with(&THREE);
    let ran = desk.run("report -o - events");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.starts_with("<!DOCTYPE html>") && ran.stdout.ends_with("</html>"));
    assert!(desk.files(".").iter().all(|(name, _)| name.starts_with("events/")));
    desk.run("report events");
    assert_eq!(ran.stdout, super::page(&desk));
}

#[test]
fn a_device_is_written_to_without_force() {
    let desk = Desk::with(&THREE);
    let ran = desk.run("report -o /dev/null events");
    assert_eq!(ran.code, Some(0), "{ran}");
}
