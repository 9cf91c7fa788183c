//! Columns on a page of a certain width.

use crate::table::visible;

/// The indentation of text that has lines of its own.
const INDENT: usize = 10;

/// Parts on a line, those that do not fit on the next.
pub(super) fn spread(parts: &[String], width: usize) -> String {
    const SPACE: &str = "   ";
    let mut lines: Vec<String> = Vec::new();
    for part in parts.iter().map(|part| visible(part)) {
        let fits =
            |line: &&mut String| line.chars().count() + SPACE.len() + part.chars().count() <= width;
        match lines.last_mut().filter(fits) {
            Some(line) => line.extend([SPACE, &part]),
            None => lines.extend(wrap(&part, width)),
        }
    }
    lines.join("\n")
}

/// Text beside what stands before it, wrapped to the width; the lines after the first are indented.
///
/// Where the column would be narrower than `narrow`, long text has lines of its own.
pub(super) fn beside(
    before: &str,
    before_columns: usize,
    text: &str,
    width: usize,
    narrow: usize,
) -> String {
    let text = visible(text);
    let room = width.saturating_sub(before_columns);
    if room >= narrow || text.chars().count() <= room {
        let indent = format!("\n{}", " ".repeat(before_columns));
        let page = format!("{before}{}", wrap(&text, room).join(&indent));
        return page.trim_end().to_owned();
    }
    let indent = format!("\n{}", " ".repeat(INDENT));
    let lines = wrap(&text, width.saturating_sub(INDENT)).join(&indent);
    format!("{}{indent}{lines}", before.trim_end())
}

/// Lines of at most so many characters, broken at spaces where there are any.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        let space = usize::from(used > 0);
        if used + space + word.len() <= room {
            add(&mut lines, space, &word);
            used += space + word.len();
            continue;
        }
        if used > 0 {
            lines.push(String::new());
        }
        while word.len() > room {
            let rest = word.split_off(room);
            add(&mut lines, 0, &word);
            lines.push(String::new());
            word = rest;
        }
        add(&mut lines, 0, &word);
        used = word.len();
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

fn add(lines: &mut [String], spaces: usize, word: &[char]) {
    if let Some(line) = lines.last_mut() {
        line.extend(std::iter::repeat_n(' ', spaces));
        line.extend(word);
    }
}

/// The text, its end cut off where it is longer than that.
pub(super) fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    text.chars().take(columns.saturating_sub(1)).chain(['…']).collect()
}
