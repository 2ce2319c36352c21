//! What is taken out as a whole: by admins alone, and of their own property.

use axum::http::StatusCode;

use super::{contact, two_sides};

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_take_all_contacts_with_them() {
    let (world, a, b) = two_sides().await;
    contact(&world.agent(&a.admin).await, &world.agent(&a.agent).await).await;
    let path = "/contacts.csv?search=ana";
    assert_eq!(world.get(path, None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get(path, Some(&a.agent)).await.status, StatusCode::FORBIDDEN);
    let own = world.get(path, Some(&a.admin)).await;
    assert!(own.status == StatusCode::OK && own.text.contains("ana@example.com"), "{}", own.text);
    let other = world.get(path, Some(&b.admin)).await;
    assert!(other.status == StatusCode::OK && !other.text.contains("ana@example.com"), "{}", other.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_take_everything_with_them() {
    let (world, a, _) = two_sides().await;
    assert_eq!(world.get("/property.zip", None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get("/property.zip", Some(&a.agent)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("/property.zip", Some(&a.admin)).await.status, StatusCode::OK);
    assert_eq!(world.get("/admin/data", Some(&a.agent)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_take_all_of_a_person_with_them() {
    let (world, a, b) = two_sides().await;
    let id = contact(&world.agent(&a.admin).await, &world.agent(&a.agent).await).await;
    let path = format!("/contacts/{id}/person.zip");
    assert_eq!(world.get(&path, None).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.get(&path, Some(&a.agent)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get(&path, Some(&b.admin)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get(&path, Some(&a.admin)).await.status, StatusCode::OK);
    let page = format!("/contacts/{id}");
    assert!(world.get(&page, Some(&a.admin)).await.text.contains("person.zip"));
    assert!(!world.get(&page, Some(&a.agent)).await.text.contains("person.zip"), "what is refused is not offered");
}
