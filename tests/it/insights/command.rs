//! The parts of a query: commands and expressions.

/// A command of a query.
#[derive(Debug)]
pub(super) enum Command {
    Source(String),
    Fields(Vec<Named>),
    Display(Vec<String>),
    Filter(Expr),
    /// A field, the texts around the wildcards, and the names of the extracted fields.
    Parse(Expr, Vec<String>, Vec<String>),
    /// The calculated columns, and the expressions after `by`.
    Stats(Vec<Named>, Vec<Named>),
    /// A field, and true for descending order.
    Sort(Expr, bool),
    Dedup(Vec<Expr>),
    Limit(usize),
}

/// An expression and the name of its column: its alias, else its text.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) expr: Expr,
}

#[derive(Debug)]
pub(super) enum Expr {
    Field(String),
    Text(String),
    Number(f64),
    /// In milliseconds.
    Period(i64),
    /// A function, its name in lower case. `count(*)` has no arguments.
    Call(String, Vec<Self>),
    /// Arithmetic.
    Math(Box<Self>, &'static str, Box<Self>),
    Compare(Box<Self>, &'static str, Box<Self>),
    In(Box<Self>, Vec<Self>),
    Like(Box<Self>, String),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
}

impl Expr {
    /// The fields that it names.
    pub(super) fn fields(&self, found: &mut Vec<String>) {
        match self {
            Self::Field(name) => found.push(name.clone()),
            Self::Text(_) | Self::Number(_) | Self::Period(_) => {}
            Self::Call(_, parts) => {
                for part in parts {
                    part.fields(found);
                }
            }
            Self::In(one, parts) => {
                one.fields(found);
                for part in parts {
                    part.fields(found);
                }
            }
            Self::Math(one, _, other)
            | Self::Compare(one, _, other)
            | Self::And(one, other)
            | Self::Or(one, other) => {
                one.fields(found);
                other.fields(found);
            }
            Self::Like(one, _) | Self::Not(one) => one.fields(found),
        }
    }
}
