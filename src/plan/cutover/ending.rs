//! The gates are opened, and on another day MetalLB is removed.

use super::announcements::Gates;
use super::{Builder, NOTHING, run};
use crate::plan::action::{Action, Announcer, Check, Task};
use crate::plan::removal::Names;
use crate::plan::runbook::{FileContent, Step, WayBack};

impl Builder<'_> {
    pub(super) fn finish(&mut self, gates: &Gates) -> Result<(), serde_json::Error> {
        let rest: Vec<String> =
            self.nodes().into_iter().filter(|node| !self.moved.contains(node)).collect();
        let waves: Vec<String> = self
            .files
            .keys()
            .filter(|name| name.starts_with("l2-wave-") && name.ends_with(".yaml"))
            .cloned()
            .collect();
        let label = |announcer| {
            let one =
                move |file: &String| run(Action::LabelServices { file: file.clone(), announcer });
            waves.iter().map(one).collect::<Vec<Task>>()
        };
        let mut tasks = Vec::new();
        if !rest.is_empty() {
            tasks.extend(self.silence(&rest));
            tasks.push(self.label(&rest, Announcer::Cilium));
        }
        let open = [&gates.bgp_open, &gates.l2_open];
        tasks.extend(open.into_iter().flatten().map(|one| one.forth.clone()));
        let seen = Task::Await(Check::Seen { nodes: vec![] });
        let mut back = label(Some(Announcer::Cilium));
        if !waves.is_empty() {
            tasks.push(seen.clone());
            back.push(seen);
        }
        tasks.extend(label(None));
        let closed = [&gates.l2_closed, &gates.bgp_closed];
        back.extend(closed.into_iter().flatten().map(|one| one.forth.clone()));
        if !rest.is_empty() {
            back.push(self.label(&rest, Announcer::Nobody));
            back.extend(self.speak(&rest));
        }
        for one in open.into_iter().flatten() {
            self.files.insert(
                one.file.clone(),
                one.files
                    .first()
                    .map(|(_, content)| content.clone())
                    .unwrap_or_else(|| FileContent::Manifests(vec![])),
            );
        }
        self.push(
            "finish",
            Step {
                title: "Open Cilium's selectors".to_owned(),
                why: vec![
                    "Every Node and Service has moved. The speakers that are left stop, and \
                     Cilium's resources become what the conversion says: Nodes and Services that \
                     come later are announced, too."
                        .to_owned(),
                ],
                confirm: Some("Stop the last speakers?".to_owned()),
                tasks,
                checks: [
                    vec![Check::Stopped {
                        workload: self.installation.speaker.clone(),
                        nodes: None,
                    }],
                    self.served(),
                ]
                .concat(),
                takes: "a minute".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: WayBack {
                    note: "Back behind the label, with MetalLB's speakers running.".to_owned(),
                    tasks: back,
                    checks: self.served(),
                },
                ..Step::default()
            },
        );
        Ok(())
    }

    pub(super) fn remove(&mut self) {
        let installation = self.installation;
        let speaker = installation.speaker.clone();
        let names = Names::new(installation, self.legacy);
        let mut why = vec![
            "Not on the same day: until here every step can be taken back in minutes.".to_owned(),
            "The conversion webhook of BGPPeers is switched off and the webhooks go before the \
             resources, since the program that answers them is stopped. Then go the workloads (with \
             Helm its release), what they needed in their namespace, the roles and the CRDs; nothing \
             is left that waits for a finalizer. The namespace goes last, if nothing else is in it: \
             Secrets that you made, such as BGP passwords, keep it."
                .to_owned(),
        ];
        why.extend(installation.kept_by.iter().map(|keeper| keeper.before_removal()));
        self.push(
            "remove",
            Step {
                title: "Remove MetalLB".to_owned(),
                why,
                confirm: Some(
                    "Remove MetalLB for good? There is no quick way back after this.".to_owned(),
                ),
                tasks: vec![
                    run(Action::RemoveMetallb { names }),
                    run(Action::LabelNodes { nodes: self.nodes(), announcer: None }),
                ],
                checks: [vec![Check::MetallbGone { speaker }], self.served()].concat(),
                takes: "some minutes".to_owned(),
                interrupts: NOTHING.to_owned(),
                back: WayBack {
                    note: "MetalLB has to be installed again: `metallb2cilium plan --rollback \
                           snapshot.yaml` says in which order."
                        .to_owned(),
                    ..WayBack::default()
                },
                ..Step::default()
            },
        );
    }
}
