# SPDX-License-Identifier: GPL-2.0-only
# bash completion for vmi-xen
# shellcheck shell=bash

_vmi_xen() {
	local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
	local commands keys

	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		commands=$(vmi-xen help 2>/dev/null | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "$commands help --version" -- "$current")
		return
	fi
	case $command in
	create | config)
		keys='vmi= kernel= ramdisk= cmdline= extra= root= memory= vcpus=
			type="pv" type="pvh" vmi_debug= vmi_stats= vmi_pool= vmi_roots=
			vmi_log= vmi_trace= vmi_adapter= vmi_shim_memory=
			vmi_disk="ide" vmi_disk="virtio" vmi_net="pcnet" vmi_net="virtio"'
		case $current in
		-*)
			if [ "$command" = create ]; then
				keys='-c -d -e -f -n -p -q -F --defconfig --dryrun --quiet'
			else
				keys='-b -n -o'
			fi
			;;
		esac
		if [[ $COMP_CWORD -gt 2 || $current == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$keys" -- "$current")
		fi
		[[ $current == -* ]] ||
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
		;;
	check)
		mapfile -t COMPREPLY < <(compgen -W '--json' -- "$current"; compgen -f -- "$current")
		;;
	list)
		keys=$(xl list 2>/dev/null | sed -n '3,$s/ .*//p')
		mapfile -t COMPREPLY < <(compgen -W "-v --json $keys" -- "$current")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		;;
	esac
	case ${COMPREPLY[0]} in *=) compopt -o nospace ;; esac
}
complete -o filenames -F _vmi_xen vmi-xen
