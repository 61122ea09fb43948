//! serde's view of the inside of collections.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Error as _, Visitor};

use super::super::{Node, Span, Value};
use super::context::{Context, Path};
use super::deserializer::Deserializer;
use super::error::Error;

/// The entries of a mapping, or the known fields of a struct.
pub(super) struct MapAccess<'n, 'p> {
    entries: std::slice::Iter<'n, (String, Span, Node)>,
    fields: Option<&'p [&'p str]>,
    next: Option<(&'n str, &'n Node)>,
    path: &'p Path<'p>,
    context: &'p Context,
}

impl<'n, 'p> MapAccess<'n, 'p> {
    pub(super) fn new(
        entries: &'n [(String, Span, Node)],
        fields: Option<&'p [&'p str]>,
        path: &'p Path<'p>,
        context: &'p Context,
    ) -> Self {
        Self { entries: entries.iter(), fields, next: None, path, context }
    }
}

impl<'n> de::MapAccess<'n> for MapAccess<'n, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'n>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        for (key, _, value) in self.entries.by_ref() {
            if let Some(fields) = self.fields
                // A field that is null is unset.
                && (value.value == Value::Null || !fields.contains(&key.as_str()))
            {
                continue;
            }
            self.next = Some((key, value));
            return seed.deserialize(de::value::BorrowedStrDeserializer::new(key)).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'n>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.next.take() {
            Some((key, node)) => {
                let path = Path::Key(self.path, key);
                seed.deserialize(Deserializer::new(node, path, self.context))
            }
            None => Err(Error::custom("a value was asked for before its key")),
        }
    }
}

/// The items of a list.
pub(super) struct ItemAccess<'n, 'p> {
    items: std::iter::Enumerate<std::slice::Iter<'n, Node>>,
    path: &'p Path<'p>,
    context: &'p Context,
}

impl<'n, 'p> ItemAccess<'n, 'p> {
    pub(super) fn new(items: &'n [Node], path: &'p Path<'p>, context: &'p Context) -> Self {
        Self { items: items.iter().enumerate(), path, context }
    }
}

impl<'n> de::SeqAccess<'n> for ItemAccess<'n, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'n>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        let path = Path::Index(self.path, index);
        seed.deserialize(Deserializer::new(node, path, self.context)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// A variant of an enum: its name and, where it has one, its content.
pub(super) struct EnumAccess<'n, 'p> {
    name: &'n str,
    content: Option<(&'n Node, &'p Path<'p>, &'p Context)>,
}

impl<'n, 'p> EnumAccess<'n, 'p> {
    /// A variant without content.
    pub(super) fn unit(name: &'n str) -> Self {
        Self { name, content: None }
    }

    /// A variant written as a mapping of one key.
    pub(super) fn with_content(
        (name, _, node): &'n (String, Span, Node),
        path: &'p Path<'p>,
        context: &'p Context,
    ) -> Self {
        Self { name, content: Some((node, path, context)) }
    }

    fn deserializer<'s>(
        &'s self,
        path: &'s mut Option<Path<'s>>,
    ) -> Result<Deserializer<'n, 's>, Error> {
        let (node, parent, context) =
            self.content.ok_or_else(|| Error::custom(format!("{} needs a value", self.name)))?;
        Ok(Deserializer::new(node, *path.insert(Path::Key(parent, self.name)), context))
    }
}

impl<'n> de::EnumAccess<'n> for EnumAccess<'n, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'n>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let variant = seed.deserialize(StrDeserializer::new(self.name))?;
        Ok((variant, self))
    }
}

impl<'n> de::VariantAccess<'n> for EnumAccess<'n, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(Error::custom(format!("{} takes no value", self.name))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'n>>(self, seed: T) -> Result<T::Value, Error> {
        let mut path = None;
        seed.deserialize(self.deserializer(&mut path)?)
    }

    fn tuple_variant<V: Visitor<'n>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        let mut path = None;
        de::Deserializer::deserialize_tuple(self.deserializer(&mut path)?, length, visitor)
    }

    fn struct_variant<V: Visitor<'n>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut path = None;
        de::Deserializer::deserialize_struct(self.deserializer(&mut path)?, "", fields, visitor)
    }
}
