//! A table of contacts that is taken in: what its columns are, guessed by their heads, and what a row says of somebody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    form::{ContactForm, Facts},
    known::attribute,
};
use crate::{ImportId, Refusal, Why, conversation::tag, csv::plain, words};

/// Most rows of a table.
pub const ROWS_MOST: u32 = 200_000;
/// Most columns.
pub const COLUMNS_MOST: u32 = 60;
/// Rows that are shown before it is looked at.
pub const SAMPLE: usize = 3;
/// Rows that cannot be taken and are shown; the others stand in their file.
pub const REFUSED_SHOWN: i64 = 10;

words! {
    /// What a column says.
    Column {
        /// Nothing that is taken.
        Skip = "skip",
        /// The name.
        Name = "name",
        /// The first name; the last one goes behind it.
        First = "first",
        /// The last name.
        Last = "last",
        /// Addresses.
        Email = "email",
        /// Telephone numbers.
        Phone = "phone",
        /// The organisation.
        Organisation = "organisation",
        /// Tags.
        Tags = "tags",
        /// An attribute of the name that the column's head says.
        Attribute = "attribute",
    }
}

words! {
    /// How far it has come.
    Stage {
        /// What the columns are is chosen.
        Choosing = "choosing",
        /// Each row is looked at; nobody is changed.
        Checking = "checking",
        /// Each row was looked at.
        Checked = "checked",
        /// Contacts are made and changed.
        Running = "running",
        /// All rows are taken, or known to be none.
        Done = "done",
    }
}

impl Stage {
    /// Whether something is done by itself now.
    pub const fn moves(self) -> bool {
        matches!(self, Self::Checking | Self::Running)
    }
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// Identity.
    pub id: ImportId,
    /// Name of the file.
    pub name: String,
    /// Its first row.
    pub heads: Vec<String>,
    /// The rows behind it, some of them.
    pub sample: Vec<Vec<String>>,
    /// What each column is.
    pub columns: Vec<Column>,
    /// How far it has come.
    pub stage: Stage,
    /// Rows.
    pub total: i64,
    /// Rows that were looked at.
    pub looked: i64,
    /// Contacts that come to be.
    pub created: i64,
    /// Contacts of whom more is known by it.
    pub updated: i64,
    /// Rows that say nothing new.
    pub same: i64,
    /// Rows that cannot be taken.
    pub refused: i64,
    /// The first of those.
    pub refusals: Vec<RefusedRow>,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Its number, without the first row.
    pub n: i64,
    /// What stands in it.
    pub cells: Vec<String>,
    /// Why.
    pub why: Refusal,
}

/// What a row says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Who, for whom, and how they are reached.
    pub facts: Facts,
    /// Tags.
    pub tags: Vec<String>,
    /// What else is known.
    pub attributes: BTreeMap<String, String>,
}

/// What columns are, as far as their heads tell in English, Portuguese, or the words of other programs; what has another head is an
/// attribute.
pub fn guess(heads: &[String]) -> Vec<Column> {
    let mut all: Vec<Column> = heads.iter().map(|head| of_head(head)).collect();
    // whole names are better than their parts
    if all.contains(&Column::Name) {
        all.iter_mut().filter(|one| matches!(one, Column::First | Column::Last)).for_each(|one| *one = Column::Skip);
    }
    all
}

fn of_head(head: &str) -> Column {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' => 'u',
        'ç' => 'c',
        _ => c,
    };
    let word: String = head.to_lowercase().chars().map(plain).filter(char::is_ascii_alphanumeric).collect();
    match word.as_str() {
        "name" | "nome" | "fullname" | "nomecompleto" | "displayname" | "contact" | "contato" | "contactname" | "cliente" | "customer" => {
            Column::Name
        }
        "firstname" | "givenname" | "primeironome" | "prenome" => Column::First,
        "lastname" | "surname" | "familyname" | "sobrenome" | "ultimonome" | "apelido" => Column::Last,
        "email" | "emails" | "mail" | "emailaddress" | "emailaddresses" | "enderecodeemail" | "enderecosdeemail" | "primaryemail"
        | "emailprincipal" | "secondaryemail" | "email1" | "email2" => Column::Email,
        "phone" | "phones" | "phonenumber" | "telephone" | "mobile" | "cell" | "telefone" | "telefones" | "celular" | "telemovel"
        | "fone" | "whatsapp" | "phone1" | "phone2" => Column::Phone,
        "organisation" | "organization" | "organizacao" | "company" | "companyname" | "empresa" => Column::Organisation,
        "tags" | "tag" | "labels" | "etiquetas" | "etiqueta" => Column::Tags,
        // what is known here by itself, or is another program's own number
        "" | "id" | "contactid" | "visitorid" | "firstseen" | "lastseen" | "lastactivity" | "desde" | "ultimaatividade" | "created"
        | "createdat" | "createdon" | "updated" | "updatedat" | "criadoem" | "atualizadoem" => Column::Skip,
        _ => Column::Attribute,
    }
}

/// What a row says by the columns' meaning; somebody without name, address and telephone is nobody.
pub fn given(heads: &[String], columns: &[Column], cells: &[String]) -> Result<Given, Refusal> {
    let (mut form, mut tags, mut attributes) = (ContactForm::default(), vec![], BTreeMap::new());
    let (mut first, mut last) = (String::new(), String::new());
    for ((head, column), cell) in heads.iter().zip(columns).zip(cells) {
        let cell = plain(cell.trim());
        let cell = cell.as_str();
        if cell.is_empty() {
            continue;
        }
        let add = |all: &mut String| {
            all.push('\n');
            all.push_str(cell);
        };
        match column {
            Column::Skip => {}
            Column::Name => cell.clone_into(&mut form.name),
            Column::First => cell.clone_into(&mut first),
            Column::Last => cell.clone_into(&mut last),
            Column::Email => add(&mut form.emails),
            Column::Phone => add(&mut form.phones),
            Column::Organisation => cell.clone_into(&mut form.organisation),
            Column::Tags => {
                for text in cell.split([',', ';', '|', '\n']).filter(|text| !text.trim().is_empty()) {
                    tags.push(tag(text).ok_or(Refusal::invalid("tag", Why::Unknown))?);
                }
            }
            Column::Attribute => attributes.extend([attribute(head, cell)?]),
        }
    }
    if form.name.is_empty() {
        [first, last].join(" ").trim().clone_into(&mut form.name);
    }
    tags.sort();
    tags.dedup();
    Ok(Given { facts: form.check()?, tags, attributes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::EmailAddress;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn columns_are_known_by_their_heads() {
        use Column::{Attribute, Email, First, Last, Name, Organisation, Phone, Skip, Tags};
        for (heads, columns) in [
            (
                &["Name", "E-mail addresses", "Phones", "Organisation", "Tags", "First seen", "Plan"][..],
                &[Name, Email, Phone, Organisation, Tags, Skip, Attribute][..],
            ),
            (
                &["Nome", "Endereços de e-mail", "Telefones", "Organização", "Etiquetas", "Última atividade"],
                &[Name, Email, Phone, Organisation, Tags, Skip],
            ),
            // as tawk.to writes them
            (
                &["id", "firstName", "lastName", "email", "phone", "jobTitle", "company", "createdOn"],
                &[Skip, First, Last, Email, Phone, Attribute, Organisation, Skip],
            ),
            (&["Full name", "First name", ""], &[Name, Skip, Skip]),
        ] {
            assert_eq!(guess(&texts(heads)), columns, "{heads:?}");
        }
    }

    #[test]
    fn a_row_says_who_somebody_is() {
        let heads = texts(&["First", "Last", "Mail", "Mail 2", "Tel", "Labels", "Cost centre"]);
        let columns = [Column::First, Column::Last, Column::Email, Column::Email, Column::Phone, Column::Tags, Column::Attribute];
        let row = given(
            &heads,
            &columns,
            &texts(&["Ana", "Reis", "Ana@x.example", "a@y.example; b@y.example", "'+351 912 000 118", "VIP, school|vip", "47"]),
        )
        .unwrap();
        assert_eq!(row.facts.name, "Ana Reis");
        assert_eq!(row.facts.emails.iter().map(EmailAddress::as_str).collect::<Vec<_>>(), ["ana@x.example", "a@y.example", "b@y.example"]);
        assert_eq!(row.facts.phones, ["+351 912 000 118"]);
        assert_eq!(
            (row.tags, row.attributes.into_iter().collect::<Vec<_>>()),
            (texts(&["school", "vip"]), vec![("Cost centre".into(), "47".into())])
        );
        // a row may end early, and may say nothing
        assert_eq!(given(&heads, &columns, &texts(&["Ana"])).unwrap().facts.name, "Ana");
        assert_eq!(given(&heads, &columns, &texts(&["", "", " "])), Err(Refusal::invalid("name", Why::Required)));
        assert_eq!(given(&heads, &columns, &texts(&["Ana", "", "home"])), Err(Refusal::invalid("emails", Why::NotAnAddress)));
    }
}
