//! A test without libtest's harness. Like many it knows nothing of --list, unless OXDB_TEST_LISTS asks for what nextest needs.
fn main() {
    let lists = std::env::args().any(|argument| argument == "--list");
    if lists && std::env::var_os("OXDB_TEST_LISTS").is_some() {
        if !std::env::args().any(|argument| argument == "--ignored") {
            println!("plain: test");
        }
        return;
    }
    println!("plain test in {}", std::env::current_dir().unwrap().display());
}
