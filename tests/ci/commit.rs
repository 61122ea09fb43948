//! `build.rs`: the commit that a build names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// The build script, compiled once for each test.
struct Script {
    dir: TempDir,
}

impl Script {
    fn compiled() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs");
        let arguments = ["--edition=2024", "-o"];
        let status = Command::new(rustc)
            .args(arguments)
            .arg(dir.path().join("build"))
            .arg(source)
            .status()
            .unwrap();
        assert!(status.success());
        Self { dir }
    }

    /// A package of that name.
    fn package(&self, name: &str) -> PathBuf {
        let package = self.dir.path().join(name);
        fs::create_dir_all(package.join("src")).unwrap();
        fs::write(package.join("src/main.rs"), "fn main() {}\n").unwrap();
        for file in [".commit", ".gitattributes"] {
            fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), package.join(file)).unwrap();
        }
        package
    }

    /// The commit that a build there names; the outer one is for none, the other for
    /// a build that is refused.
    fn commit(&self, package: &Path, given: Option<&str>) -> Result<Option<String>, String> {
        let mut command = Command::new(self.dir.path().join("build"));
        command.current_dir(package).env("CARGO_MANIFEST_DIR", package).env("TARGET", "a-target");
        command.env_remove("METALLB2CILIUM_COMMIT").env_remove("GIT_DIR");
        if let Some(given) = given {
            command.env("METALLB2CILIUM_COMMIT", given);
        }
        let output = command.output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        if !output.status.success() {
            return Err(String::from_utf8(output.stderr).unwrap());
        }
        assert!(stdout.contains("cargo::rustc-env=METALLB2CILIUM_TARGET=a-target\n"), "{stdout}");
        let mut lines = stdout.lines();
        let prefix = "cargo::rustc-env=METALLB2CILIUM_COMMIT=";
        Ok(lines.find_map(|line| line.strip_prefix(prefix)).map(str::to_owned))
    }
}

fn git(dir: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    let output =
        Command::new("git").args(identity).args(arguments).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A work tree with all in one commit, and that commit.
fn committed(dir: &Path) -> String {
    git(dir, &["init", "--quiet"]);
    git(dir, &["add", "--all"]);
    git(dir, &["commit", "--quiet", "--message=all"]);
    git(dir, &["rev-parse", "HEAD"])
}

#[test]
fn the_checked_out_commit_is_named_and_a_change_is_said() {
    let script = Script::compiled();
    let package = script.package("package");
    let commit = committed(&package);
    assert_eq!(script.commit(&package, None), Ok(Some(commit.clone())));
    // What is not compiled does not count.
    fs::write(package.join("README.md"), "new\n").unwrap();
    assert_eq!(script.commit(&package, None), Ok(Some(commit.clone())));
    for file in ["src/main.rs", "src/new.rs", "Cargo.lock"] {
        fs::write(package.join(file), "// changed\n").unwrap();
        assert_eq!(script.commit(&package, None), Ok(Some(format!("{commit}-dirty"))), "{file}");
        committed(&package);
        let commit = git(&package, &["rev-parse", "HEAD"]);
        assert_eq!(script.commit(&package, None), Ok(Some(commit)));
        git(&package, &["reset", "--quiet", "--hard", "HEAD~"]);
    }
}

#[test]
fn an_archive_of_git_names_its_commit() {
    let script = Script::compiled();
    let package = script.package("package");
    let commit = committed(&package);
    let unpacked = script.dir.path().join("unpacked");
    fs::create_dir(&unpacked).unwrap();
    let archive = script.dir.path().join("archive.tar");
    let archive = archive.to_str().unwrap();
    git(&package, &["archive", "--output", archive, "HEAD"]);
    let status = Command::new("tar").args(["-xf", archive, "-C"]).arg(&unpacked).status().unwrap();
    assert!(status.success());
    assert_eq!(script.commit(&unpacked, None), Ok(Some(commit)));
}

#[test]
fn without_git_no_commit_is_named() {
    let script = Script::compiled();
    let package = script.package("package");
    assert_eq!(script.commit(&package, None), Ok(None));
    fs::remove_file(package.join(".commit")).unwrap();
    assert_eq!(script.commit(&package, None), Ok(None));
}

#[test]
fn the_commit_of_a_repository_around_is_not_ours() {
    let script = Script::compiled();
    let package = script.package("outer/vendored");
    committed(package.parent().unwrap());
    assert_eq!(script.commit(&package, None), Ok(None));
}

#[test]
fn the_environment_goes_first_and_cannot_say_anything_else() {
    let script = Script::compiled();
    let package = script.package("package");
    committed(&package);
    assert_eq!(script.commit(&package, Some("abc123")), Ok(Some("abc123".to_owned())));
    assert_eq!(script.commit(&package, Some("")), Ok(None));
    for hostile in ["abc\ncargo::rustc-link-arg=-lm", "two words"] {
        assert!(script.commit(&package, Some(hostile)).is_err(), "{hostile:?}");
    }
}
