# needs: tar gzip
# Packs a folder, and unpacks it again. SPDX-License-Identifier: MIT
mkdir -p folder/inner
echo text >folder/file
ln -s file folder/link
chmod 700 folder/file
tar czf folder.tgz folder
rm -rf folder
tar xzf folder.tgz
tar tzf folder.tgz | sort
cat folder/link
