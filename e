/tmp/cli-work/hang.sh: line 2: ./t.sh: No such file or directory
