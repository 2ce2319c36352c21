//! The packer cuts the parts of the app apart after the linker: it needs to know what points to what.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
}
