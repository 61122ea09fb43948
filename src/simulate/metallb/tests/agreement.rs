//! The engine agrees with the model.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{generate, model};
use crate::cluster::Cluster;
use crate::metallb::Config;
use crate::simulate::metallb::{Options, simulate};

/// What the engine says of addresses; `None` where it does not list everything.
fn results(config: &Config, cluster: &Cluster) -> Option<BTreeSet<model::Result>> {
    let options = Options { max_outcomes: 5000, ..Options::default() };
    let decision = simulate(config, cluster, &options);
    if decision.truncated {
        return None;
    }
    let result = |outcome: crate::simulate::decision::Outcome| -> model::Result {
        let services = outcome.services.into_iter();
        services.map(|(key, allocation)| (key, (allocation.ips, allocation.pool))).collect()
    };
    Some(decision.outcomes.into_iter().map(result).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_engine_lists_what_the_model_finds((config, cluster) in generate::scene(true)) {
        if let Some(results) = results(&config, &cluster) {
            prop_assert_eq!(results, model::results(&config, &cluster));
        }
    }

    #[test]
    fn also_where_nobody_asks_for_anything((config, cluster) in generate::scene(false)) {
        if let Some(results) = results(&config, &cluster) {
            prop_assert_eq!(results, model::results(&config, &cluster));
        }
    }
}
