//! Random slips in a converted configuration: each is caught by the proof, or shown
//! to change nothing. Whatever the engines then decide otherwise on a cluster, the
//! proof had said so.

use metallb2cilium::cilium::{AllowFirstLastIps, CiliumConfig};
use metallb2cilium::cluster::Cluster;
use metallb2cilium::convert::{self, Conversion};
use metallb2cilium::diagnostic::Diagnostic;
use metallb2cilium::manifest::Resource;
use metallb2cilium::metallb::Config;
use metallb2cilium::verify::sessions::Speakers;
use metallb2cilium::verify::{self, Compared, Outcome, Problem, Question, Verdict};

use super::support::{self, golden};

type Slip = (&'static str, fn(&mut CiliumConfig, usize) -> bool);

fn with<T>(all: &mut [T], at: usize, change: impl FnOnce(&mut T) -> bool) -> bool {
    let count = all.len().max(1);
    all.get_mut(at % count).is_some_and(change)
}

fn taken<T>(field: &mut Option<T>) -> bool {
    field.take().is_some()
}

fn removed<T>(all: &mut Vec<T>, at: usize) -> bool {
    if all.is_empty() {
        return false;
    }
    all.remove(at % all.len());
    true
}

fn twice<T: Clone>(all: &mut Vec<Resource<T>>, at: usize) -> bool {
    let Some(mut one) = all.get(at % all.len().max(1)).cloned() else { return false };
    one.meta.name.push_str("-again");
    all.push(one);
    true
}

/// What may go wrong with a configuration; `false` where it cannot.
const SLIPS: &[Slip] = &[
    ("a pool lost", |c, at| removed(&mut c.pools, at)),
    ("a block lost", |c, at| with(&mut c.pools, at, |p| removed(&mut p.spec.blocks, at))),
    ("a pool disabled", |c, at| {
        with(&mut c.pools, at, |p| !std::mem::replace(&mut p.spec.disabled, true))
    }),
    ("a pool's selector lost", |c, at| {
        with(&mut c.pools, at, |p| taken(&mut p.spec.service_selector))
    }),
    ("first and last reserved", |c, at| {
        with(&mut c.pools, at, |p| {
            p.spec.allow_first_last_ips = Some(AllowFirstLastIps::No);
            true
        })
    }),
    ("a block one address shorter", |c, at| {
        with(&mut c.pools, at, |p| {
            with(&mut p.spec.blocks, at, |b| match (&b.start, &b.stop) {
                (Some(start), Some(_)) => {
                    b.stop = Some(start.clone());
                    true
                }
                _ => false,
            })
        })
    }),
    ("a block for another network", |c, at| {
        with(&mut c.pools, at, |p| {
            with(&mut p.spec.blocks, at, |b| match &b.cidr {
                Some(cidr) if cidr.contains('.') => {
                    b.cidr = Some(cidr.replacen("10.", "11.", 1));
                    true
                }
                _ => false,
            })
        })
    }),
    ("an expression of a pool's selector lost", |c, at| {
        with(&mut c.pools, at, |p| {
            let selector = p.spec.service_selector.as_mut();
            selector.is_some_and(|s| removed(&mut s.match_expressions, at))
        })
    }),
    ("two pools' selectors swapped", |c, at| {
        let count = c.pools.len();
        if count < 2 {
            return false;
        }
        let (a, b) = (at % count, (at + 1) % count);
        let kept = c.pools[a].spec.service_selector.clone();
        c.pools[a].spec.service_selector = c.pools[b].spec.service_selector.clone();
        c.pools[b].spec.service_selector = kept;
        true
    }),
    ("a policy lost", |c, at| removed(&mut c.l2_policies, at)),
    ("a policy twice", |c, at| twice(&mut c.l2_policies, at)),
    ("loadBalancerIPs lost", |c, at| {
        with(&mut c.l2_policies, at, |p| taken(&mut p.spec.load_balancer_ips))
    }),
    ("a policy's nodes lost", |c, at| {
        with(&mut c.l2_policies, at, |p| taken(&mut p.spec.node_selector))
    }),
    ("a policy's Services lost", |c, at| {
        with(&mut c.l2_policies, at, |p| taken(&mut p.spec.service_selector))
    }),
    ("an interface lost", |c, at| {
        with(&mut c.l2_policies, at, |p| removed(&mut p.spec.interfaces, at))
    }),
    ("an anchor lost", |c, at| {
        with(&mut c.l2_policies, at, |p| {
            with(&mut p.spec.interfaces, at, |text| {
                *text = text.trim_start_matches('^').to_owned();
                true
            })
        })
    }),
    ("an interface written otherwise", |c, at| {
        with(&mut c.l2_policies, at, |p| {
            with(&mut p.spec.interfaces, at, |text| {
                *text = format!("^({})$", text.trim_matches(['^', '$']));
                true
            })
        })
    }),
    ("an advertisement lost", |c, at| removed(&mut c.advertisements, at)),
    ("an advertisement's selector lost", |c, at| {
        with(&mut c.advertisements, at, |a| {
            with(&mut a.spec.advertisements, at, |entry| taken(&mut entry.selector))
        })
    }),
    ("an advertisement's Services widened", |c, at| {
        with(&mut c.advertisements, at, |a| {
            with(&mut a.spec.advertisements, at, |entry| {
                entry.selector.replace(Default::default()) != Some(Default::default())
            })
        })
    }),
    ("the attributes lost", |c, at| {
        with(&mut c.advertisements, at, |a| {
            with(&mut a.spec.advertisements, at, |entry| taken(&mut entry.attributes))
        })
    }),
    ("a local preference set", |c, at| {
        with(&mut c.advertisements, at, |a| {
            with(&mut a.spec.advertisements, at, |entry| {
                entry.attributes.get_or_insert_default().local_preference = Some(77);
                true
            })
        })
    }),
    ("an aggregate", |c, at| {
        with(&mut c.advertisements, at, |a| {
            with(&mut a.spec.advertisements, at, |entry| {
                entry.service.as_mut().is_some_and(|service| {
                    service.aggregation_length_ipv4 = Some(24);
                    true
                })
            })
        })
    }),
    ("a label of an advertisement lost", |c, at| {
        with(&mut c.advertisements, at, |a| a.meta.labels.pop_first().is_some())
    }),
    ("a peer lost", |c, at| {
        with(&mut c.cluster_configs, at, |one| {
            with(&mut one.spec.bgp_instances, at, |instance| removed(&mut instance.peers, at))
        })
    }),
    ("a ClusterConfig lost", |c, at| removed(&mut c.cluster_configs, at)),
    ("a ClusterConfig twice", |c, at| twice(&mut c.cluster_configs, at)),
    ("a ClusterConfig's nodes lost", |c, at| {
        with(&mut c.cluster_configs, at, |one| taken(&mut one.spec.node_selector))
    }),
    ("a family lost", |c, at| {
        with(&mut c.peer_configs, at, |one| removed(&mut one.spec.families, at))
    }),
    ("the timers lost", |c, at| with(&mut c.peer_configs, at, |one| taken(&mut one.spec.timers))),
    ("a PeerConfig lost", |c, at| removed(&mut c.peer_configs, at)),
    ("nothing", |_, _| true),
];

struct Run {
    config: Config,
    cluster: Cluster,
    conversion: Conversion,
}

/// What the proof and the comparison at hand say of a configuration.
fn judged(run: &Run, written: &CiliumConfig, applied: &Cluster) -> (verify::Proof, Verdict) {
    let speakers = Speakers::default();
    let problem = Problem {
        config: &run.config,
        cluster: &run.cluster,
        speakers: &speakers,
        lb_class: None,
        cilium: written,
        applied,
        translation: &run.conversion,
    };
    let proof = verify::prove(&problem, &|| false);
    let question = Question {
        config: &run.config,
        cluster: &run.cluster,
        speakers: &speakers,
        lb_class: None,
        max_outcomes: 1024,
        proof: None,
    };
    let compared = Compared { title: "Cilium", config: written, cluster: applied, there: None };
    let none: &[Diagnostic] = &[];
    let report = verify::verify(&question, &compared, none, false).unwrap();
    (proof, report.verdict)
}

#[test]
fn every_slip_is_caught_or_changes_nothing() {
    let (mut caught, mut unchanged, mut only_by_proof) = (0, 0, 0);
    let (mut unproved, mut wrong) = (0, Vec::new());
    for (number, folder) in golden::scenarios("metallb").into_iter().enumerate() {
        let manifests = golden::manifests(&folder, &["metallb.yaml", "cluster.yaml"]);
        let Some((config, cluster)) = golden::accepted(&manifests) else { continue };
        let options = convert::Options::default();
        let existing = CiliumConfig::default();
        let conversion = convert::convert(&config, &cluster, &existing, &options).unwrap();
        // What differs without a slip says nothing of one.
        if conversion.diagnostics.iter().any(Diagnostic::is_lossy) {
            continue;
        }
        let (written, applied) = verify::applied(&conversion, &cluster);
        let run = Run { config, cluster, conversion };
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        // All slips over all scenarios are many: each scenario tries its share.
        for (index, (slip, change)) in SLIPS.iter().enumerate() {
            if (number + index) % 2 == 1 {
                continue;
            }
            let mut mutant = written.clone();
            if !change(&mut mutant, number / 3) {
                continue;
            }
            let (proof, at_hand) = judged(&run, &mutant, &applied);
            for reason in proof.unproved.iter().filter(|one| one.contains("internal error")) {
                wrong.push(format!("{name}, {slip}: {reason}"));
            }
            match (proof.outcome, at_hand) {
                (Outcome::Proved, Verdict::Different) => {
                    wrong.push(format!("{name}, {slip}: proved, but different at hand"));
                }
                (Outcome::Proved, _) => unchanged += 1,
                (Outcome::Refuted, Verdict::Equivalent) => only_by_proof += 1,
                (Outcome::Refuted, _) => caught += 1,
                (Outcome::NotProved, _) => unproved += 1,
            }
        }
    }
    support::say(&format!(
        "{caught} caught at hand and by the proof, {only_by_proof} by the proof alone, {unchanged} \
         change nothing, {unproved} not proved"
    ));
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(caught + only_by_proof > 500 && unchanged > 100);
}
