//! Lays mutants into a source file: each behind a switch, so that one build has them all.
//!
//! The changed code stands before the code as it is, in the arms of an `if`, and holds no
//! other change: only one is on at a time. Comments with its number enclose it, by which
//! [`crate::compile`] knows what does not compile.

use std::collections::{BTreeSet, HashMap};

use proc_macro2::{LineColumn, Span};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Arm, Block, Expr, ExprBinary, ExprStruct, ExprUnary, Pat, Stmt};

use crate::mutant::{Genre, Mutant, Number, Place};

/// The source with the mutants in it, and those that have a place there.
///
/// # Errors
/// Where the source is not Rust.
pub fn lay(source: &str, mutants: &[(Number, &Mutant)]) -> syn::Result<(String, BTreeSet<Number>)> {
    let tree = syn::parse_file(source)?;
    let lines = std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1));
    let mut wanted: HashMap<Place, Vec<_>> = HashMap::new();
    for &(number, mutant) in mutants {
        wanted.entry(mutant.span.start).or_default().push((number, mutant));
    }
    let mut layer = Layer {
        source,
        lines: lines.collect(),
        wanted,
        inserts: Vec::new(),
        laid: BTreeSet::new(),
    };
    layer.visit_file(&tree);
    Ok((layer.text(), layer.laid))
}

struct Layer<'a> {
    source: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
    wanted: HashMap<Place, Vec<(Number, &'a Mutant)>>,
    inserts: Vec<Insert>,
    laid: BTreeSet<Number>,
}

/// Text that comes in at a byte.
struct Insert {
    at: usize,
    /// At one byte the ends come before the beginnings, the inner ends before the outer
    /// and the outer beginnings before the inner.
    order: (Edge, isize),
    text: String,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    End,
    Begin,
}

impl<'a> Layer<'a> {
    fn text(&mut self) -> String {
        self.inserts.sort_by(|a, b| (a.at, &a.order).cmp(&(b.at, &b.order)));
        let mut text = String::new();
        let mut from = 0;
        for insert in &self.inserts {
            text += &self.source[from..insert.at];
            text += &insert.text;
            from = insert.at;
        }
        text + &self.source[from..]
    }

    fn byte(&self, at: LineColumn) -> usize {
        let line = self.lines[at.line - 1];
        let rest = &self.source[line..];
        line + rest.char_indices().nth(at.column).map_or(rest.len(), |(at, _)| at)
    }

    fn bytes(&self, span: Span) -> std::ops::Range<usize> {
        self.byte(span.start())..self.byte(span.end())
    }

    fn written(&self, span: Span) -> &'a str {
        &self.source[self.bytes(span)]
    }

    /// The mutants of a genre that begin where something begins.
    fn at(&self, span: Span, genre: Genre) -> Vec<(Number, &'a Mutant)> {
        let LineColumn { line, column } = span.start();
        let here = self.wanted.get(&Place { line, column: column + 1 });
        let fits = |(_, mutant): &(Number, &Mutant)| mutant.genre == genre;
        here.into_iter().flatten().copied().filter(fits).collect()
    }

    /// Puts text around something; `outer` of two that enclose the same is the larger.
    fn around(&mut self, span: Span, outer: isize, begin: String, end: String) {
        let bytes = self.bytes(span);
        let width = isize::try_from(bytes.len()).unwrap_or(isize::MAX - 2) + outer;
        self.inserts.push(Insert { at: bytes.start, order: (Edge::Begin, -width), text: begin });
        self.inserts.push(Insert { at: bytes.end, order: (Edge::End, width), text: end });
    }

    /// An expression that is another one while a mutant is on.
    fn instead(&mut self, span: Span, outer: isize, others: &[(Number, String)]) {
        let mut begin = String::from("(");
        for (number, text) in others {
            begin += &marked(*number, &format!("if {} {{ {text} }} else", on(*number)));
            begin += " ";
            self.laid.insert(*number);
        }
        self.around(span, outer, begin + "{ ", " })".into());
    }

    fn function(&mut self, block: &Block) {
        let open = self.byte(block.brace_token.span.open().end());
        let close = block.brace_token.span.close();
        // The list has where the first statement begins, or the closing brace.
        let first = block.stmts.first().map_or(close, |statement| statement.span());
        for (number, mutant) in self.at(first, Genre::FnValue) {
            if !self.laid.insert(number) {
                continue;
            }
            match (mutant.replacement.as_str(), block.stmts.last()) {
                // Another iterator would be another type.
                ("::std::iter::empty()", Some(Stmt::Expr(tail, None))) => {
                    let end = marked(number, &format!(").filter(|_| !{})", on(number)));
                    self.around(tail.span(), 1, "(".into(), end);
                }
                (value, _) => self.inserts.push(Insert {
                    at: open,
                    order: (Edge::Begin, isize::MIN),
                    text: marked(number, &format!("if {} {{ return {value}; }}", on(number))),
                }),
            }
        }
    }

    /// A condition that is always true or never while a mutant is on.
    fn guard(&self, guard: &Expr) -> (Vec<Number>, String, String) {
        let (mut numbers, mut begin, mut end) = (Vec::new(), String::new(), String::new());
        for (number, mutant) in self.at(guard.span(), Genre::MatchArmGuard) {
            let way = match mutant.replacement.as_str() {
                "true" => format!("{} ||", on(number)),
                _ => format!("!{} &&", on(number)),
            };
            begin += &format!("({}(", marked(number, &way));
            end += "))";
            numbers.push(number);
        }
        (numbers, begin, end)
    }
}

fn on(number: Number) -> String {
    format!("crate::mutant_switch::on({number})")
}

fn marked(number: Number, text: &str) -> String {
    format!("/*<{number}*/{text}/*{number}>*/")
}

/// Whether a condition binds names: then it is no expression that can be moved.
fn binds(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}

impl<'a> Visit<'a> for Layer<'_> {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.function(&item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.function(&item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_expr_binary(&mut self, binary: &'a ExprBinary) {
        let mutants = self.at(binary.op.span(), Genre::BinaryOperator);
        if !mutants.is_empty() && !binds(&binary.left) && !binds(&binary.right) {
            let left = self.written(binary.left.span());
            let right = self.written(binary.right.span());
            let other = |mutant: &Mutant| format!("{left} {} {right}", mutant.replacement);
            let others: Vec<_> = mutants.iter().map(|(n, mutant)| (*n, other(mutant))).collect();
            self.instead(binary.span(), 0, &others);
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'a ExprUnary) {
        let mutants = self.at(unary.op.span(), Genre::UnaryOperator);
        if !mutants.is_empty() {
            let operand = self.written(unary.expr.span());
            let others: Vec<_> = mutants.iter().map(|(n, _)| (*n, operand.to_owned())).collect();
            self.instead(unary.span(), 0, &others);
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_arm(&mut self, arm: &'a Arm) {
        let left_out = self.at(arm.span(), Genre::MatchArm);
        let there: String =
            left_out.iter().map(|(n, _)| marked(*n, &format!("!{} &&", on(*n)))).collect();
        self.laid.extend(left_out.iter().map(|(number, _)| *number));
        match &arm.pat {
            Pat::Guard(guarded) if binds(&guarded.guard) => {
                self.around(guarded.guard.span(), 1, there, String::new());
            }
            Pat::Guard(guarded) => {
                let (numbers, begin, end) = self.guard(&guarded.guard);
                self.laid.extend(numbers);
                let begin = format!("{there}{begin}(");
                self.around(guarded.guard.span(), 1, begin, format!("){end}"));
            }
            _ if there.is_empty() => {}
            pattern => {
                self.around(pattern.span(), 1, String::new(), format!(" if {there}true"));
            }
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_struct(&mut self, whole: &'a ExprStruct) {
        if let Some(base) = &whole.rest {
            for field in &whole.fields {
                let name = self.written(field.member.span());
                let base = match self.written(base.span()) {
                    "Default::default()" | "Self::default()" => {
                        format!("<{} as Default>::default()", self.written(whole.path.span()))
                    }
                    base => format!("({base})"),
                };
                let mutants = self.at(field.span(), Genre::StructField);
                let others: Vec<_> =
                    mutants.iter().map(|(n, _)| (*n, format!("{base}.{name}"))).collect();
                if others.is_empty() {
                    continue;
                }
                if field.colon_token.is_none() {
                    self.around(field.expr.span(), 2, format!("{name}: "), String::new());
                }
                self.instead(field.expr.span(), 1, &others);
            }
        }
        visit::visit_expr_struct(self, whole);
    }
}
