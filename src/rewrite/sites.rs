//! The edits that set Cilium's annotations and labels where MetalLB is asked for
//! something.

use std::collections::BTreeSet;

use super::codes;
use super::edit::Edits;
use super::find::{Around, Asking, Site};
use super::layout::{Entry, Layout, Pair, Written};
use super::wishes::{LabelWish, Pools, Sharing, Wish, Wishes, old_entries, wishes};
use super::written::{NotExact, bytes};
use crate::convert::POOL_LABEL;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Node, Value};

/// What is asked of a rewrite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether MetalLB's annotations are taken out.
    pub remove_metallb: bool,
    /// Whether charts are taken to have labels beside annotations in their values.
    pub labels_in_values: bool,
}

/// The edits of one place.
pub(super) struct Editing<'a> {
    pub(super) text: &'a str,
    pub(super) options: Options,
    pub(super) pools: &'a Pools,
    pub(super) sharing: &'a Sharing,
    pub(super) edits: Edits,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Editing<'_> {
    /// Edits a place with annotations of MetalLB's.
    pub(super) fn site(&mut self, site: &Site) {
        let layout = match Layout::new(self.text, &site.map) {
            Ok(layout) => layout,
            Err(problem) => return self.not_exact(&site.map, problem),
        };
        let wishes = wishes(site, &layout, self.pools, self.sharing);
        for refused in &wishes.refused {
            let place = layout.entries[refused.from].value;
            let left = if refused.translated { "" } else { "; it is left as it is" };
            self.diagnostics.push(
                Diagnostic::lossy(codes::REFUSED, format!("{}{left}", refused.why))
                    .label(Some(place.span), "asked for here")
                    .help("correct the annotation, or take it out"),
            );
        }
        let mut edits = Edits::default();
        let label = self.label(site, &wishes, &mut edits);
        match self.annotations(site, &layout, &wishes, label, edits) {
            Ok(edits) => self.edits.append(edits),
            Err(problem) => self.not_exact(&site.map, problem),
        }
    }

    /// Sets the label of a Service that asks by `spec.loadBalancerIP` for an address
    /// of a pool that is for labelled Services only.
    pub(super) fn asking(&mut self, asking: &Asking) {
        let address = asking.object.load_balancer_ip.as_deref().unwrap_or_default();
        let Some(home) = self.pools.home(address).filter(|home| home.by_label) else { return };
        let label = home.label;
        let annotated = asking.metadata.get("annotations").is_some_and(|annotations| {
            let names = [super::names::POOL, super::names::ADDRESSES];
            let keys = super::names::PREFIXES.iter().flat_map(|p| names.map(|n| format!("{p}{n}")));
            keys.into_iter().any(|key| annotations.get(&key).is_some())
        });
        if annotated || asking.object.labels.get(POOL_LABEL) == Some(&label) {
            return;
        }
        let mut edits = Edits::default();
        let wish = LabelWish::of_address(label);
        match self.set_label(&asking.metadata, None, true, &wish.pair(), &mut edits) {
            Ok(Label::Set) => self.edits.append(edits),
            Ok(Label::Other(other)) => self.other_value(&other, POOL_LABEL, &wish.value),
            Ok(Label::NoPlace) => {}
            Err(problem) => self.not_exact(&asking.metadata, problem),
        }
    }

    /// The edits of the annotations themselves. `labelled` says whether the label
    /// that is needed stands there.
    fn annotations(
        &mut self,
        site: &Site,
        layout: &Layout<'_>,
        wishes: &Wishes,
        labelled: bool,
        label_edits: Edits,
    ) -> Result<Edits, NotExact> {
        let (missing, disputed) = self.missing(layout, wishes);
        let mut edits = Edits::default();
        let mut gone = self.gone(layout, wishes, labelled);
        gone.retain(|at| !disputed.contains(at));
        for (at, entry) in layout.entries.iter().enumerate() {
            let mut of_entry: Vec<&Wish> =
                missing.iter().copied().filter(|wish| wish.from == at).collect();
            if of_entry.is_empty() {
                continue;
            }
            if gone.contains(&at) {
                let first = of_entry.remove(0);
                if layout.written(entry).starts_with('&')
                    && matches!(first.pair.value, Written::Text { .. })
                {
                    return Err(NotExact("other places refer to its value"));
                }
                layout.rename(entry, &first.pair, &mut edits);
                gone.retain(|one| *one != at);
            }
            let pairs: Vec<Pair> =
                of_entry.iter().map(|wish| by_alias(wish, entry, layout)).collect();
            layout.add(entry, &pairs, &mut edits)?;
        }
        gone.retain(|at| {
            let Some(entry) = layout.entries.get(*at).filter(|one| layout.is_referred_to(one))
            else {
                return true;
            };
            self.not_exact(entry.value, NotExact("other places refer to its value"));
            false
        });
        let owner = site.parent.as_ref().and_then(|(map, key)| colon(self.text, map, key));
        layout.remove(&gone, owner, &mut edits)?;
        edits.append(label_edits);
        Ok(edits)
    }

    /// The annotations that do not stand there yet, and the places of those of
    /// MetalLB's that ask for something else than Cilium's that do.
    fn missing<'w>(
        &mut self,
        layout: &Layout<'_>,
        wishes: &'w Wishes,
    ) -> (Vec<&'w Wish>, BTreeSet<usize>) {
        let (mut missing, mut disputed) = (Vec::new(), BTreeSet::new());
        for wish in &wishes.annotations {
            match wish.names.iter().find_map(|name| layout.entry(name)) {
                None => missing.push(wish),
                Some(entry) if entry.value.as_str() == Some(&wish.text) => {}
                Some(entry) => {
                    let place = entry.value.clone();
                    self.other_value(&place, wish.names[0], &wish.text);
                    disputed.insert(wish.from);
                }
            }
        }
        (missing, disputed)
    }

    /// The places of MetalLB's annotations that are to go.
    fn gone(&self, layout: &Layout<'_>, wishes: &Wishes, labelled: bool) -> Vec<usize> {
        if !self.options.remove_metallb {
            return vec![];
        }
        let mut kept: BTreeSet<usize> = wishes
            .refused
            .iter()
            .filter(|refused| !refused.translated)
            .map(|refused| refused.from)
            .collect();
        if !labelled {
            kept.extend(wishes.label.as_ref().and_then(|label| label.from));
        }
        old_entries(layout).into_iter().filter(|at| !kept.contains(at)).collect()
    }

    /// Sets the label that is needed; whether it stands there then.
    fn label(&mut self, site: &Site, wishes: &Wishes, edits: &mut Edits) -> bool {
        let Some(wish) = &wishes.label else { return true };
        let of_parent = site.parent.as_ref().filter(|(_, key)| key == "annotations");
        let set = match of_parent {
            Some((parent, key)) => {
                let create = self.takes_labels(&site.around, parent, site);
                self.set_label(parent, Some(key), create, &wish.pair(), edits)
            }
            None => Ok(Label::NoPlace),
        };
        match set {
            Ok(Label::Set) => true,
            Ok(Label::Other(_)) if !wish.is_sure => true,
            Ok(Label::Other(other)) => {
                self.other_value(&other, POOL_LABEL, &wish.value);
                false
            }
            Ok(Label::NoPlace) => {
                self.label_needed(&site.map, &site.around, &wish.value);
                false
            }
            Err(problem) => {
                self.not_exact(&site.map, problem);
                false
            }
        }
    }

    /// Whether an API has labels beside these annotations.
    fn takes_labels(&self, around: &Around, parent: &Node, site: &Site) -> bool {
        let of_object = |object: &std::rc::Rc<super::find::Object>| {
            object.kind == "Gateway" && object.group == "gateway.networking.k8s.io"
        };
        let is_metadata = self.key_before(parent, "metadata");
        let is_infrastructure = self.key_before(parent, "infrastructure")
            && around.object.as_ref().is_some_and(of_object);
        is_metadata || is_infrastructure || (site.around.values && self.options.labels_in_values)
    }

    /// Whether the mapping stands behind that key.
    fn key_before(&self, map: &Node, key: &str) -> bool {
        let before = self.text.get(..bytes(map.span).start).unwrap_or_default();
        let before = before.trim_end_matches(|c: char| c.is_whitespace() || c == '{');
        // An anchor may stand between the key and its value, comments as well.
        let line = before.lines().rev().find(|line| !line.trim_start().starts_with('#'));
        let line = line.unwrap_or_default();
        let line = line.split(" #").next().unwrap_or_default();
        let line = line.split(" &").next().unwrap_or_default().trim_end();
        let Some(name) = line.strip_suffix(':') else { return false };
        name.trim_end().trim_end_matches(['"', '\'']).rsplit([' ', '"', '\'', '{', ',', '-']).next()
            == Some(key)
    }

    /// Puts the label into the mapping around the annotations.
    fn set_label(
        &self,
        parent: &Node,
        annotations: Option<&str>,
        create: bool,
        pair: &Pair,
        edits: &mut Edits,
    ) -> Result<Label, NotExact> {
        let layout = Layout::new(self.text, parent)?;
        let Some(entry) = layout.entry("labels") else {
            let after = match annotations {
                Some(key) => layout.entry(key),
                None => layout.entries.last(),
            };
            let Some(after) = after.filter(|_| create) else { return Ok(Label::NoPlace) };
            layout.add_mapping(after, "labels", pair, edits)?;
            return Ok(Label::Set);
        };
        let Written::Text { text: wanted, .. } = &pair.value else { return Ok(Label::NoPlace) };
        match &entry.value.value {
            Value::Map(all) => {
                if let Some((.., there)) = all.iter().find(|(key, ..)| key == POOL_LABEL) {
                    let same = there.as_str() == Some(wanted);
                    return Ok(if same { Label::Set } else { Label::Other(there.clone()) });
                }
                if layout.written(entry).starts_with('*') {
                    return Err(NotExact("its labels stand at another place, for others as well"));
                }
                // A selector, say, that would then find no Pod.
                if layout.is_referred_to(entry) {
                    return Err(NotExact("other places refer to its labels"));
                }
                let inner = Layout::new(self.text, entry.value)?;
                match inner.entries.last() {
                    Some(last) => inner.add(last, std::slice::from_ref(pair), edits)?,
                    None => layout.fill(entry, pair, edits)?,
                }
            }
            Value::Null => layout.fill(entry, pair, edits)?,
            _ => return Err(NotExact("its labels are no mapping")),
        }
        Ok(Label::Set)
    }

    fn other_value(&mut self, place: &Node, name: &str, wanted: &str) {
        self.diagnostics.push(
            Diagnostic::lossy(
                codes::OTHER_VALUE,
                format!("{name} has another value than MetalLB's annotations ask for: {wanted}"),
            )
            .label(Some(place.span), "left as it is")
            .help("decide which one is meant, and take the other out"),
        );
    }

    pub(super) fn label_needed(&mut self, place: &Node, around: &Around, value: &str) {
        let help = if around.values {
            "set it where the chart takes labels of the Service; --labels-in-values sets it as \
             `labels` beside `annotations`; `convert --emit admission-policy` sets it in the \
             cluster by MetalLB's annotation"
        } else {
            "set it where the labels of the Service come from; `convert --emit admission-policy` \
             sets it in the cluster by MetalLB's annotation"
        };
        self.diagnostics.push(
            Diagnostic::lossy(
                codes::LABEL_NEEDED,
                format!(
                    "the Service made of this needs the label {POOL_LABEL}={value}, and where its \
                     labels are set is not known"
                ),
            )
            .label(Some(place.span), "asks for this pool")
            .help(help),
        );
    }

    pub(super) fn not_exact(&mut self, place: &Node, problem: NotExact) {
        self.diagnostics.push(
            Diagnostic::lossy(
                codes::NOT_EDITED,
                format!("this place is left as it is: {}", problem.0),
            )
            .label(Some(place.span), "speaks of MetalLB")
            .help("set Cilium's annotations and the pool's label here by hand"),
        );
    }
}

/// What became of a label.
enum Label {
    Set,
    /// It is there with another value.
    Other(Node),
    /// Nothing says where labels would go.
    NoPlace,
}

/// A value that stands behind an anchor is referred to, not written again.
fn by_alias(wish: &Wish, entry: &Entry<'_>, layout: &Layout<'_>) -> Pair {
    let mut pair = wish.pair.clone();
    if let (Written::Raw(raw), Some(anchored)) =
        (&mut pair.value, layout.written(entry).strip_prefix('&'))
    {
        let name = anchored.split_whitespace().next().unwrap_or_default();
        *raw = format!("*{name}");
    }
    pair
}

/// The place behind the colon of a key.
pub(super) fn colon(text: &str, map: &Node, key: &str) -> Option<usize> {
    let Value::Map(entries) = &map.value else { return None };
    let (_, span, _) = entries.iter().find(|(name, ..)| name == key)?;
    let at = bytes(*span).end;
    let behind = text.get(at..)?;
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    behind[blanks..].starts_with(':').then_some(at + blanks + 1)
}
