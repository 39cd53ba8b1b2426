#!/usr/bin/env bash
# The emitted job script on a real Slurm: an array is submitted, one task is killed and requeued, one is put back into the
# queue by the signal that comes before the time limit, the finishing run follows; the folder must equal that of one
# machine byte for byte.
#
#   tests/slurm.sh [VADEX]        the binary to test [default: target/release/vadex, else target/debug/vadex]
#
# Runs as root on a machine without systemd: Debian's slurm-wlm and munge are installed when they are not there, and one
# node is set up on loopback from a folder of its own; the daemons are stopped at the end. Where the packages cannot be
# had it says so and succeeds.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() { echo "slurm: skipped: $*"; exit 0; }
fail() {
  echo "slurm: FAILED: $*" >&2
  for log in "$work"/log/*.log "$work"/job/*.out; do
    [ -f "$log" ] && { echo "--- $log" >&2; tail -n 25 "$log" >&2; }
  done
  exit 1
}

engine=${1:-target/release/vadex}
[ -x "$engine" ] || engine=target/debug/vadex
[ -x "$engine" ] || { echo "slurm: build the binary first: cargo build --release" >&2; exit 1; }
engine=$(realpath "$engine")

[ "$(id -u)" = 0 ] || skip "only root can start the daemons"
if ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null || ! command -v munged >/dev/null; then
  command -v apt-get >/dev/null || skip "slurm-wlm is not installed, and there is no apt-get"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends slurm-wlm munge; } >/dev/null 2>&1 ||
    skip "the packages slurm-wlm and munge cannot be installed here"
fi

work=$(mktemp -d /tmp/vadex-slurm.XXXXXX)
chmod 755 "$work"
mkdir "$work"/{log,job,state,spool,munge}
chmod 755 "$work"/munge
daemons=()
stop() {
  for id in $(squeue -h -o %A 2>/dev/null | sort -u); do scancel "$id" 2>/dev/null || true; done
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do kill "${daemons[i]}" 2>/dev/null || true; done
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    for _ in $(seq 50); do kill -0 "${daemons[i]}" 2>/dev/null || break; sleep 0.1; done
    kill -9 "${daemons[i]}" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap stop EXIT

# Waits until a command succeeds: SECONDS WHAT COMMAND...
wait_for() {
  local limit=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $limit ] || fail "$what did not happen in time"
    sleep 0.2
  done
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' 2>/dev/null || echo $((20000 + RANDOM % 20000)); }

host=$(hostname -s)
processors=$(nproc)
memory=$(awk '/^MemTotal:/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
cat >"$work/slurm.conf" <<CONF
ClusterName=vadex
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthType=auth/munge
CredType=cred/munge
# A requeued task waits until its old credential is gone.
AuthInfo=socket=$work/munge/socket,cred_expire=5
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/log/slurmctld.log
SlurmdLogFile=$work/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=batch_sched_delay=0,sched_interval=1
ReturnToService=2
JobRequeue=1
KillWait=5
InactiveLimit=0
NodeName=$host NodeAddr=127.0.0.1 CPUs=$processors RealMemory=$memory State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=10 State=UP
CONF
echo "CgroupAutomount=no" >"$work/cgroup.conf"
export SLURM_CONF=$work/slurm.conf

dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 status=none
chmod 400 "$work/munge/key"
munged --foreground --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge/pid" \
  --log-file="$work/log/munged.log" --seed-file="$work/munge/seed" >"$work/log/munged-out.log" 2>&1 &
daemons+=($!)
wait_for 20 "munged" test -S "$work/munge/socket"
slurmctld -D -f "$work/slurm.conf" >"$work/log/slurmctld-out.log" 2>&1 &
daemons+=($!)
wait_for 20 "slurmctld" scontrol ping
slurmd -D -f "$work/slurm.conf" -N "$host" >"$work/log/slurmd-out.log" 2>&1 &
daemons+=($!)
node_is_idle() { [ "$(sinfo -h -o %T)" = idle ]; }
wait_for 30 "an idle node" node_is_idle
echo "slurm: $(sinfo --version), node $host, $processors processors"

cat >"$work/study.toml" <<'TOML'
[output]
format = ["csv", "parquet"]
[[table]]
path = "builtin:wiod13"
year = "2000-2011"
[[task]]
command = "tiva"
level = ["country", "sector"]
[[task]]
command = "decompose"
method = ["wwz", "kww", "bm-source", "bm-sink", "miroudot-ye"]
[[task]]
command = "decompose"
method = "bm-source"
level = "bilateral"
by = "absorber"
exporter = ["CHN", "DEU", "MEX"]
[[task]]
command = "indicators"
level = ["country", "sector"]
TOML

echo "slurm: one machine, undisturbed"
"$engine" batch "$work/study.toml" -o "$work/one" -q
"$engine" batch "$work/study.toml" -o "$work/array" --emit slurm --array 4 --threads 1 --memory 800M >"$work/job/array.sh"

cd "$work/job"
array=$(sbatch --parsable array.sh)
echo "slurm: array $array submitted"

# The engine of a task, by its part of the batch; never by name alone.
engine_of() { pgrep -f -- "$engine batch $work/study.toml -o $work/array --shard $1/4" | head -n 1; }
state_of() { scontrol -o show job "${array}_$1" 2>/dev/null | grep -o 'JobState=[A-Z]*' | cut -d= -f2; }
is_state() { [ "$(state_of "$1")" = "$2" ]; }
has_engine() { [ -n "$(engine_of "$1")" ]; }
records() { find "$work/array/.vadex/ledger" -type f 2>/dev/null | wc -l; }
some_are_finished() { [ "$(records)" -gt "$1" ]; }

# Task 1 dies without a warning while it is at work.
wait_for 60 "task 1" has_engine 1
wait_for 60 "a first result" some_are_finished 2
victim=$(engine_of 1) || fail "task 1 was done before it could be killed"
kill -9 "$victim"
echo "slurm: task 1 killed (kill -9 $victim) with $(records) results finished"
wait_for 30 "the end of task 1" is_state 1 FAILED
scontrol requeue "${array}_1"
echo "slurm: task 1 requeued"

# Task 2 is warned as before its time limit: the script puts itself back into the queue.
wait_for 90 "task 2" has_engine 2
before=$(records)
wait_for 60 "a result while task 2 runs" some_are_finished "$before"
has_engine 2 || fail "task 2 was done before it could be warned"
# scancel asks again when the answer is "try again later", and would warn the restarted task too.
timeout 2 scancel --batch --signal=TERM "${array}_2" || true
restarted() { scontrol -o show job "${array}_$1" | grep -q 'Restarts=[1-9]'; }
wait_for 60 "the restart of task 2" restarted 2
echo "slurm: task 2 warned, back in the queue"

finish=$(sbatch --parsable --dependency="afterany:$array" --mem=800M --wrap "$engine batch $work/study.toml -o $work/array --shard 1/1 -v")
queue_is_empty() { [ -z "$(squeue -h)" ]; }
wait_for 180 "the end of the queue" queue_is_empty
for task in 1 2 3 4; do is_state "$task" COMPLETED || fail "task $task ended as $(state_of "$task")"; done
scontrol -o show job "$finish" | grep -q JobState=COMPLETED || fail "the finishing run failed"
restarted 1 && restarted 2 || fail "tasks 1 and 2 were not restarted"

grep -h . "$work"/job/*.out || true
diff -r --exclude=log "$work/one" "$work/array" || fail "the folders differ"
echo "slurm: passed: $(find "$work/array" -type f ! -path '*/.vadex/*' | wc -l) files equal those of one machine byte for byte"
