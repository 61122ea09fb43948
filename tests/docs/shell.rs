//! Runs the commands of a page.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::cluster::{Stand, World};
use super::page::{Block, Kind, Outputs, Page, Ran};
use super::support::net::available;

/// What ends the output of a command, with its status behind.
const END: char = '\u{1e}';

/// A block that takes longer hangs.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// What the blocks on a link need.
const TOOLS: [&str; 3] = ["ip", "gobgpd", "ss"];

/// The binary by the names under which it is called.
const BINARY: &str = env!("CARGO_BIN_EXE_metallb2cilium");

/// A place to work in, with what is called there.
struct Desk {
    dir: TempDir,
    bin: TempDir,
    stand: Stand,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path();
        copy(Path::new("docs/sample"), &home.join("docs/sample"));
        for (from, to) in [
            ("docs/sample/metallb.yaml", "metallb/metallb.yaml"),
            ("docs/sample/cluster.yaml", "cluster.yaml"),
        ] {
            let to = home.join(to);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(from, to).unwrap();
        }
        copy(Path::new("testdata/sample"), &home.join("testdata/sample"));
        copy(Path::new("testdata/rewrite"), &home.join("clusters/home"));
        let bin = tempfile::tempdir().unwrap();
        for name in ["metallb2cilium", "kubectl-metallb2cilium"] {
            std::os::unix::fs::symlink(BINARY, bin.path().join(name)).unwrap();
        }
        script(&bin.path().join("cargo"), CARGO);
        let stand = Stand::new(bin.path());
        Self { dir, bin, stand }
    }

    /// What is set for every command.
    fn environment(&self) -> Vec<(String, String)> {
        let path = |path: &Path| path.display().to_string();
        let system = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        let mut set: Vec<(String, String)> = [
            ("PATH", format!("{}:{system}", path(self.bin.path()))),
            ("HOME", path(self.dir.path())),
            ("LANG", "C.UTF-8".to_owned()),
            ("TERM", "dumb".to_owned()),
            ("COLUMNS", "80".to_owned()),
            ("NO_COLOR", "1".to_owned()),
            ("TMPDIR", path(self.bin.path())),
            // The checks of a plan do not wait for anybody here.
            ("TIMEOUT", "10".to_owned()),
            ("PAUSE", "0".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec();
        set.extend(self.stand.environment());
        set
    }

    /// The block as a script, which goes on where the one before ended.
    fn script(&self, block: &Block) -> PathBuf {
        let kept = self.bin.path().join("kept");
        let mut text =
            format!("exec 2>&1 </dev/null\n[ ! -e {0} ] || . {0}\ntrue\n", kept.display());
        for command in &block.commands {
            text.push_str(&format!(
                "{}\n__status=$?; printf '{END}%d{END}' \"$__status\"; (exit $__status)\n",
                command.text
            ));
        }
        text.push_str(&format!(
            "{{ export -p; printf 'cd %q\\n' \"$PWD\"; }} >{}\n",
            kept.display()
        ));
        let path = self.bin.path().join("block");
        fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, block: &Block, mut shell: Command) -> Vec<Ran> {
        let output = shell.output().unwrap();
        assert!(
            output.status.success(),
            "line {}: the block ended with {}: {}{}",
            block.line,
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        let mut parts = text.split(END);
        let mut ran = Vec::new();
        while let (Some(output), Some(status)) = (parts.next(), parts.next()) {
            ran.push(Ran {
                output: output.lines().map(|line| line.trim_end().to_owned()).collect(),
                status: status.parse().unwrap(),
            });
        }
        assert_eq!(ran.len(), block.commands.len(), "line {}: {text}", block.line);
        ran
    }
}

/// What each block of a page prints.
pub(crate) fn run(page: &Page) -> Outputs {
    let desk = Desk::new();
    let needs_link = page.blocks.iter().any(|block| block.on_the_link);
    // Where there is no network, `available` says that these blocks were not run.
    let world = (needs_link && available(&TOOLS)).then(World::new);
    let mut outputs = Vec::new();
    for block in &page.blocks {
        if block.kind != Kind::Console {
            outputs.push(None);
            continue;
        }
        if block.fresh {
            desk.stand.forget();
        }
        let script = desk.script(block).display().to_string();
        let limit = TIME_LIMIT.as_secs().to_string();
        let args = [limit.as_str(), "bash", "--norc", &script];
        let mut shell = match (&world, block.on_the_link) {
            (None, true) => {
                outputs.push(None);
                continue;
            }
            (Some(world), true) => world.here().command("timeout", args),
            (_, false) => {
                let mut shell = Command::new("timeout");
                shell.args(args);
                shell
            }
        };
        shell.current_dir(desk.dir.path()).env_clear().envs(desk.environment());
        outputs.push(Some(desk.run(block, shell)));
    }
    outputs
}

/// Stands for cargo: the program is built already.
const CARGO: &str = "#!/bin/sh\n\
    [ \"$1 $2 $3 $4\" = \"run --quiet --locked --\" ] || { echo \"cargo $*\" >&2; exit 1; }\n\
    shift 4\nexec metallb2cilium \"$@\"\n";

/// Writes a script that can be called.
pub(crate) fn script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

#[test]
fn a_shell_goes_on_from_block_to_block() {
    let text = "```console\n$ mkdir a && cd a && export X=1\n$ false\n$ echo $?\n1\n```\n\n```console\n\
                $ basename \"$PWD\"; echo \"$X\" >&2\na\n1\n$ printf x\nx\n```\n";
    let page = Page::read(text).unwrap();
    assert_eq!(page.differences(&run(&page)), Vec::<String>::new());
}

#[test]
fn the_cluster_follows_what_is_done_to_it() {
    let pools = "kubectl get -A -o yaml services,nodes > /dev/null && metallb2cilium convert -q \
                 --from-cluster --emit pools > pools.yaml 2> /dev/null";
    let text = format!(
        "```console\n$ {pools}\n$ kubectl apply -f pools.yaml\n\
         ciliumloadbalancerippool.cilium.io/lab created\n\
         ciliumloadbalancerippool.cilium.io/office created\n\
         ciliumloadbalancerippool.cilium.io/public created\n\
         $ metallb2cilium snapshot --from-cluster | grep -c 'kind: CiliumLoadBalancerIPPool'\n3\n\
         $ kubectl delete -f pools.yaml >/dev/null\n\
         $ metallb2cilium snapshot --from-cluster | grep -c 'kind: CiliumLoadBalancerIPPool'\n0\n\
         $ echo $?\n1\n```\n"
    );
    let page = Page::read(&text).unwrap();
    assert_eq!(page.differences(&run(&page)), Vec::<String>::new());
}
