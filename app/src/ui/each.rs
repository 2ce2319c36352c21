//! A list whose rows stay as they are while their keys do. Leptos' `For` once, for rows of every kind: it is heavy, and in the
//! wasm once per type of row. Knows no noun.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use leptos::prelude::*;

/// A row that may have to be made.
struct Row {
    key: u64,
    make: Box<dyn FnOnce() -> AnyView + Send>,
}

type Rows = Arc<dyn Fn() -> Vec<Row> + Send + Sync>;

/// Shows each thing by a row. Things whose keys are equal are the same row, which is not made anew.
pub fn each<T, K, V>(
    things: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: impl Fn(&T) -> K + Send + Sync + 'static,
    row: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    K: Hash,
    V: IntoView + 'static,
{
    let row = Arc::new(row);
    rows(Arc::new(move || {
        let one = |thing: T| {
            let mut hasher = DefaultHasher::new();
            key(&thing).hash(&mut hasher);
            let row = row.clone();
            Row { key: hasher.finish(), make: Box::new(move || row(thing).into_any()) }
        };
        things().into_iter().map(one).collect()
    }))
}

fn rows(rows: Rows) -> AnyView {
    view! { <For each=move || rows() key=|row| row.key children=|row| (row.make)()/> }.into_any()
}
