//! What Admin → Hours asks of the server.

#![allow(clippy::too_many_arguments, reason = "each is a field of the form")]

use leptos::prelude::*;

use crate::error::Result;

/// Changes the opening hours, of the property or of a department: rows of spans and of closed days. `act` is what a form without script
/// asks for besides.
#[server]
pub async fn set_hours(
    open: String,
    #[server(default)] day: Vec<String>,
    #[server(default)] from: Vec<String>,
    #[server(default)] to: Vec<String>,
    #[server(default)] date: Vec<String>,
    #[server(default)] every: Vec<String>,
    #[server(default)] act: String,
    #[server(default)] department: String,
) -> Result<()> {
    let form = model::hours_form::HoursForm { department, open, day, from, to, date, every, act };
    let next = form.next();
    let put = move |widget| form.put(widget);
    Ok(crate::caller::agent().await?.change_widget(put).await.map(|()| crate::caller::go(&next))?)
}
