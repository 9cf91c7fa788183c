//! The environment variables that all AWS programs know.

use std::ffi::OsString;

/// Returns a variable; none if it is unset or empty.
///
/// # Errors
///
/// Its value is not Unicode. The message leaves the value out, because it can hold a password.
pub(super) fn given(
    variable: impl Fn(&str) -> Option<OsString>,
    name: &str,
) -> Result<Option<String>, String> {
    let value = variable(name).map(OsString::into_string).transpose();
    let value = value.map_err(|_| format!("the value of {name} is not valid Unicode"))?;
    Ok(value.filter(|value| !value.is_empty()))
}
