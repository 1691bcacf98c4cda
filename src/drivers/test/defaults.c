/* SPDX-License-Identifier: MIT
 * The fixed documents of the pretend host. Data only.
 */
#include "drivers/test/defaults.h"

const char test_default_domain[] =
    "<domain type='test'>\n"
    "  <name>test</name>\n"
    "  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>\n"
    "  <memory unit='KiB'>8388608</memory>\n"
    "  <currentMemory unit='KiB'>2097152</currentMemory>\n"
    "  <vcpu>2</vcpu>\n"
    "  <os>\n"
    "    <type>hvm</type>\n"
    "  </os>\n"
    "  <devices>\n"
    "    <disk type='file' device='disk'>\n"
    "      <source file='/guest/diskimage1'/>\n"
    "      <target dev='vda' bus='virtio'/>\n"
    "      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n"
    "    </disk>\n"
    "    <interface type='network'>\n"
    "      <mac address='aa:bb:cc:dd:ee:ff'/>\n"
    "      <source network='default'/>\n"
    "      <target dev='testnet0'/>\n"
    "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>\n"
    "    </interface>\n"
    "    <memballoon model='virtio'>\n"
    "      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>\n"
    "    </memballoon>\n"
    "  </devices>\n"
    "</domain>\n";

#define CPU(id, socket, core)                                                                              \
    "            <cpu id='" #id "' socket_id='" #socket "' die_id='0' core_id='" #core "' siblings='" #id "'/>\n"

#define CELL(id, memory, page, cpus)                              \
    "        <cell id='" #id "'>\n"                               \
    "          <memory unit='KiB'>" #memory "</memory>\n"         \
    "          <pages unit='KiB' size='" #page "'>524288</pages>\n" \
    "          <pages unit='KiB' size='2048'>0</pages>\n"         \
    "          <pages unit='KiB' size='1048576'>0</pages>\n"      \
    "          <cpus num='8'>\n" cpus                             \
    "          </cpus>\n"                                         \
    "        </cell>\n"

#define GUEST(type)                                  \
    "  <guest>\n"                                    \
    "    <os_type>" #type "</os_type>\n"             \
    "    <arch name='i686'>\n"                       \
    "      <wordsize>32</wordsize>\n"                \
    "      <emulator>/usr/bin/test-hv</emulator>\n"  \
    "      <domain type='test'/>\n"                  \
    "    </arch>\n"                                  \
    "    <features>\n"                               \
    "      <pae/>\n"                                 \
    "      <nonpae/>\n"                              \
    "    </features>\n"                              \
    "  </guest>\n\n"

const char test_capabilities[] =
    "<capabilities>\n\n"
    "  <host>\n"
    "    <cpu>\n"
    "      <arch>i686</arch>\n"
    "      <features>\n"
    "        <pae/>\n"
    "        <nonpae/>\n"
    "      </features>\n"
    "      <pages unit='KiB' size='4'/>\n"
    "      <pages unit='KiB' size='8'/>\n"
    "      <pages unit='KiB' size='2048'/>\n"
    "      <pages unit='KiB' size='1048576'/>\n"
    "    </cpu>\n"
    "    <power_management/>\n"
    "    <iommu support='no'/>\n"
    "    <topology>\n"
    "      <cells num='2'>\n"
    CELL(0, 2097152, 4,
         CPU(0, 0, 0) CPU(1, 0, 1) CPU(2, 0, 2) CPU(3, 0, 3) CPU(4, 0, 4) CPU(5, 0, 5) CPU(6, 0, 6) CPU(7, 0, 7))
    CELL(1, 4194304, 8,
         CPU(8, 1, 0) CPU(9, 1, 1) CPU(10, 1, 2) CPU(11, 1, 3) CPU(12, 1, 4) CPU(13, 1, 5) CPU(14, 1, 6) CPU(15, 1, 7))
    "      </cells>\n"
    "    </topology>\n"
    "    <secmodel>\n"
    "      <model>testSecurity</model>\n"
    "      <doi></doi>\n"
    "    </secmodel>\n"
    "  </host>\n\n"
    GUEST(hvm) GUEST(xen)
    "</capabilities>\n";

const char test_sysinfo[] =
    "<sysinfo type='smbios'>\n"
    "  <bios>\n"
    "    <entry name='vendor'>LENOVO</entry>\n"
    "    <entry name='version'>G4ETA1WW (2.61 )</entry>\n"
    "    <entry name='date'>05/07/2014</entry>\n"
    "    <entry name='release'>2.61</entry>\n"
    "  </bios>\n"
    "</sysinfo>\n";
