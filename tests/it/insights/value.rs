//! The values of fields and expressions.

use jiff::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// The value of a missing field, or of an expression that needs one.
    Missing,
    /// JSON's `null`. No page specifies whether such a field is present.
    Null,
    /// JSON's `true` or `false`. No page specifies how they are compared or shown.
    Flag,
    Text(String),
    Number(f64),
    /// Milliseconds since 1970.
    Time(i64),
    /// The result of a comparison.
    Bool(bool),
}

impl Value {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing | Self::Null)
    }

    pub(super) fn text(&self) -> Result<&str, String> {
        if let Self::Text(text) = self { Ok(text) } else { Err(format!("{self:?} is not a text")) }
    }

    pub(super) fn number(&self) -> Result<f64, String> {
        if let Self::Number(number) = self {
            Ok(*number)
        } else {
            Err(format!("{self:?} is not a number"))
        }
    }

    pub(super) fn time(&self) -> Result<i64, String> {
        if let Self::Time(ms) = self { Ok(*ms) } else { Err(format!("{self:?} is not a time")) }
    }

    /// The value as the console shows it.
    pub(super) fn show(&self) -> Result<String, String> {
        match self {
            Self::Missing | Self::Null => Ok(String::new()),
            Self::Flag => Err("no page specifies how a JSON boolean is shown".to_owned()),
            Self::Text(text) => Ok(text.clone()),
            Self::Number(number) if number.fract() == 0.0 => Ok(format!("{number}")),
            Self::Number(number) => {
                let text = format!("{number:.4}");
                Ok(text.trim_end_matches('0').trim_end_matches('.').to_owned())
            }
            Self::Time(ms) => {
                let time = Timestamp::from_millisecond(*ms).map_err(|it| it.to_string())?;
                Ok(time.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string())
            }
            Self::Bool(is_so) => Ok(u8::from(*is_so).to_string()),
        }
    }
}
