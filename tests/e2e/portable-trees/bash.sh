# needs: bash
# A shell script with jobs, signals, pipes, here-documents and processes for files. SPDX-License-Identifier: MIT
set -m
trap 'echo trapped' USR1
kill -USR1 $$
echo a | tr a b
while read -r line; do echo "got $line"; done <<END
one
two
END
sleep 0.1 &
wait $!
echo "the job ended with $?"
(exit 5)
echo "the subshell ended with $?"
mkdir folder
echo text >folder/file
cat folder/file
rm -r folder
printf '%s\n' c b a | sort
cat <(echo substituted)
