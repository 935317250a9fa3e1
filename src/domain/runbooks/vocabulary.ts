/** Words that say nothing about the subject of a question. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about after again all already also am an and any anybody anyone anything anywhere are as at be because been before being but by
  came can cannot come comes could did do does doing done during each else even ever every everything for from gave get gets
  getting give given goes going got had has have having he her here him his how however i if in into is it its itself just
  keep keeps know knows last let lets like long made make makes many may me more most much my never no nobody nor not nothing
  now of off on one only onto or other our out over own please put right said same say says see seen she should show shows
  since so some somebody someone something still such sure take tell than that the their them then there these they thing
  things this those though through till to today too try trying under until up us use used uses using very via want was way we went were what
  when where whether which while who whole whom whose why will with within without would yes yesterday yet you your
  kube alert alerts runbook really problem issue error errors happen happens happened help need needs app apps
  application applications become becomes
  ok tonight minute minutes hour hours day days night week weeks month months two three four five six site sites`.split(
    /\s+/,
  ),
);

/** Phrases that are one word in the trade. */
export const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\bout[ -]of[ -]memory\b/gi, ' oom '],
  [/\bpersistent ?volume ?claims?\b/gi, ' pvc '],
  [/\bload[ -]balancers?\b/gi, ' loadbalancer '],
  [/\bcrash[ -]?loop(?:s|ing)?(?:[ -]?back[ -]?off)?\b/gi, ' crashloop '],
  [/\bread[ -]only\b/gi, ' readonly '],
  [/\broll(?:s|ed|ing)?[ -]back\b/gi, ' rollback '],
  [/\blet'?s[ -]encrypt\b/gi, ' letsencrypt '],
  [/\bback(?:s|ed|ing)?[ -]up\b/gi, ' backup '],
  [/\bset(?:ting)?[ -]up\b/gi, ' setup '],
  [/\bout[ -]of[ -](?:ips|addresses)\b/gi, ' exhausted ip '],
  [/\bgave up\b|\bgives? up\b/gi, ' exhausted '],
];

/** One word for each group; applied before stemming, to runbooks and questions alike. */
export const SYNONYMS: ReadonlyMap<string, string> = new Map(
  [
    'cert certificate certificates certs',
    'pvc claim claims pvcs',
    'volume volumes pv pvs persistentvolume persistentvolumes',
    'oom oomkilled oomkill',
    'namespace ns namespaces',
    'kustomization ks kustomizations',
    'helmrelease hr helmreleases',
    'loadbalancer lb loadbalancers vip',
    'ip address addresses ips ipv4',
    'repository repo repositories repos',
    'bootstrap onboarding onboard',
    'workstation laptop computer',
    'operator colleague admin administrator',
    'stuck hang hangs hanging hung',
    'failed fail fails failing failure failures broken breaks broke',
    'expired expire expires expiring expiry expiration',
    'suspended suspend suspends suspension',
    'upgrade update upgrades updates upgraded updated bump bumps bumped upgrading updating',
    'down offline unreachable',
    'delete deleted deletes deletion deleting remove removed',
    'backup backups snapshot snapshots',
    'rollback revert reverts reverted',
    'restart restarts restarting restarted',
    'exhausted full exhaust exhaustion used-up',
    'image images tag tags',
    'tls ssl https',
    'node nodes worker workers server servers host hosts',
    'drain drains draining drained',
    'wait waits waiting blocked blocks blocking waited',
    'rebuild rebuilding rebuilds rebuilt',
    'decrypt decryption decrypts decrypted decrypting',
    'renew renewal renewed renews renewing',
    'dependency dependencies dependson depends',
    'pending outstanding',
  ].flatMap((group) => {
    const [first = '', ...others] = group.split(' ');
    return others.map((other) => [other, first] as const);
  }),
);
