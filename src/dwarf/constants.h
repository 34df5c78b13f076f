/* The DW_ numbers of DWARF 5 (7.5 to 7.27 and appendix A) and of GNU's, LLVM's and WebAssembly's
 * extensions to it, and their names. Lists are data: each gives an enum here and a table in constants.c. */
#pragma once

/* clang-format off */
#define DW_TAG_LIST(X) \
	X(array_type, 0x01) X(class_type, 0x02) X(entry_point, 0x03) X(enumeration_type, 0x04) \
	X(formal_parameter, 0x05) X(imported_declaration, 0x08) X(label, 0x0a) X(lexical_block, 0x0b) \
	X(member, 0x0d) X(pointer_type, 0x0f) X(reference_type, 0x10) X(compile_unit, 0x11) \
	X(string_type, 0x12) X(structure_type, 0x13) X(subroutine_type, 0x15) X(typedef, 0x16) \
	X(union_type, 0x17) X(unspecified_parameters, 0x18) X(variant, 0x19) X(common_block, 0x1a) \
	X(common_inclusion, 0x1b) X(inheritance, 0x1c) X(inlined_subroutine, 0x1d) X(module, 0x1e) \
	X(ptr_to_member_type, 0x1f) X(set_type, 0x20) X(subrange_type, 0x21) X(with_stmt, 0x22) \
	X(access_declaration, 0x23) X(base_type, 0x24) X(catch_block, 0x25) X(const_type, 0x26) \
	X(constant, 0x27) X(enumerator, 0x28) X(file_type, 0x29) X(friend, 0x2a) X(namelist, 0x2b) \
	X(namelist_item, 0x2c) X(packed_type, 0x2d) X(subprogram, 0x2e) X(template_type_parameter, 0x2f) \
	X(template_value_parameter, 0x30) X(thrown_type, 0x31) X(try_block, 0x32) X(variant_part, 0x33) \
	X(variable, 0x34) X(volatile_type, 0x35) X(dwarf_procedure, 0x36) X(restrict_type, 0x37) \
	X(interface_type, 0x38) X(namespace, 0x39) X(imported_module, 0x3a) X(unspecified_type, 0x3b) \
	X(partial_unit, 0x3c) X(imported_unit, 0x3d) X(condition, 0x3f) X(shared_type, 0x40) \
	X(type_unit, 0x41) X(rvalue_reference_type, 0x42) X(template_alias, 0x43) X(coarray_type, 0x44) \
	X(generic_subrange, 0x45) X(dynamic_type, 0x46) X(atomic_type, 0x47) X(call_site, 0x48) \
	X(call_site_parameter, 0x49) X(skeleton_unit, 0x4a) X(immutable_type, 0x4b) \
	X(GNU_template_template_param, 0x4106) X(GNU_template_parameter_pack, 0x4107) \
	X(GNU_formal_parameter_pack, 0x4108) X(GNU_call_site, 0x4109) X(GNU_call_site_parameter, 0x410a)

#define DW_AT_LIST(X) \
	X(sibling, 0x01) X(location, 0x02) X(name, 0x03) X(ordering, 0x09) X(byte_size, 0x0b) \
	X(bit_offset, 0x0c) X(bit_size, 0x0d) X(stmt_list, 0x10) X(low_pc, 0x11) X(high_pc, 0x12) \
	X(language, 0x13) X(discr, 0x15) X(discr_value, 0x16) X(visibility, 0x17) X(import, 0x18) \
	X(string_length, 0x19) X(common_reference, 0x1a) X(comp_dir, 0x1b) X(const_value, 0x1c) \
	X(containing_type, 0x1d) X(default_value, 0x1e) X(inline, 0x20) X(is_optional, 0x21) \
	X(lower_bound, 0x22) X(producer, 0x25) X(prototyped, 0x27) X(return_addr, 0x2a) \
	X(start_scope, 0x2c) X(bit_stride, 0x2e) X(upper_bound, 0x2f) X(abstract_origin, 0x31) \
	X(accessibility, 0x32) X(address_class, 0x33) X(artificial, 0x34) X(base_types, 0x35) \
	X(calling_convention, 0x36) X(count, 0x37) X(data_member_location, 0x38) X(decl_column, 0x39) \
	X(decl_file, 0x3a) X(decl_line, 0x3b) X(declaration, 0x3c) X(discr_list, 0x3d) X(encoding, 0x3e) \
	X(external, 0x3f) X(frame_base, 0x40) X(friend, 0x41) X(identifier_case, 0x42) \
	X(macro_info, 0x43) X(namelist_item, 0x44) X(priority, 0x45) X(segment, 0x46) \
	X(specification, 0x47) X(static_link, 0x48) X(type, 0x49) X(use_location, 0x4a) \
	X(variable_parameter, 0x4b) X(virtuality, 0x4c) X(vtable_elem_location, 0x4d) X(allocated, 0x4e) \
	X(associated, 0x4f) X(data_location, 0x50) X(byte_stride, 0x51) X(entry_pc, 0x52) \
	X(use_UTF8, 0x53) X(extension, 0x54) X(ranges, 0x55) X(trampoline, 0x56) X(call_column, 0x57) \
	X(call_file, 0x58) X(call_line, 0x59) X(description, 0x5a) X(binary_scale, 0x5b) \
	X(decimal_scale, 0x5c) X(small, 0x5d) X(decimal_sign, 0x5e) X(digit_count, 0x5f) \
	X(picture_string, 0x60) X(mutable, 0x61) X(threads_scaled, 0x62) X(explicit, 0x63) \
	X(object_pointer, 0x64) X(endianity, 0x65) X(elemental, 0x66) X(pure, 0x67) X(recursive, 0x68) \
	X(signature, 0x69) X(main_subprogram, 0x6a) X(data_bit_offset, 0x6b) X(const_expr, 0x6c) \
	X(enum_class, 0x6d) X(linkage_name, 0x6e) X(string_length_bit_size, 0x6f) \
	X(string_length_byte_size, 0x70) X(rank, 0x71) X(str_offsets_base, 0x72) X(addr_base, 0x73) \
	X(rnglists_base, 0x74) X(dwo_name, 0x76) X(reference, 0x77) X(rvalue_reference, 0x78) \
	X(macros, 0x79) X(call_all_calls, 0x7a) X(call_all_source_calls, 0x7b) \
	X(call_all_tail_calls, 0x7c) X(call_return_pc, 0x7d) X(call_value, 0x7e) X(call_origin, 0x7f) \
	X(call_parameter, 0x80) X(call_pc, 0x81) X(call_tail_call, 0x82) X(call_target, 0x83) \
	X(call_target_clobbered, 0x84) X(call_data_location, 0x85) X(call_data_value, 0x86) \
	X(noreturn, 0x87) X(alignment, 0x88) X(export_symbols, 0x89) X(deleted, 0x8a) X(defaulted, 0x8b) \
	X(loclists_base, 0x8c) X(MIPS_linkage_name, 0x2007) X(GNU_call_site_value, 0x2111) \
	X(GNU_call_site_data_value, 0x2112) X(GNU_call_site_target, 0x2113) \
	X(GNU_call_site_target_clobbered, 0x2114) X(GNU_tail_call, 0x2115) \
	X(GNU_all_tail_call_sites, 0x2116) X(GNU_all_call_sites, 0x2117) \
	X(GNU_all_source_call_sites, 0x2118) X(GNU_macros, 0x2119) X(GNU_deleted, 0x211a) \
	X(GNU_dwo_name, 0x2130) X(GNU_dwo_id, 0x2131) X(GNU_ranges_base, 0x2132) \
	X(GNU_addr_base, 0x2133) X(GNU_pubnames, 0x2134) X(GNU_pubtypes, 0x2135) \
	X(GNU_discriminator, 0x2136) X(GNU_locviews, 0x2137) X(GNU_entry_view, 0x2138)

#define DW_FORM_LIST(X) \
	X(addr, 0x01) X(block2, 0x03) X(block4, 0x04) X(data2, 0x05) X(data4, 0x06) X(data8, 0x07) \
	X(string, 0x08) X(block, 0x09) X(block1, 0x0a) X(data1, 0x0b) X(flag, 0x0c) X(sdata, 0x0d) \
	X(strp, 0x0e) X(udata, 0x0f) X(ref_addr, 0x10) X(ref1, 0x11) X(ref2, 0x12) X(ref4, 0x13) \
	X(ref8, 0x14) X(ref_udata, 0x15) X(indirect, 0x16) X(sec_offset, 0x17) X(exprloc, 0x18) \
	X(flag_present, 0x19) X(strx, 0x1a) X(addrx, 0x1b) X(ref_sup4, 0x1c) X(strp_sup, 0x1d) \
	X(data16, 0x1e) X(line_strp, 0x1f) X(ref_sig8, 0x20) X(implicit_const, 0x21) X(loclistx, 0x22) \
	X(rnglistx, 0x23) X(ref_sup8, 0x24) X(strx1, 0x25) X(strx2, 0x26) X(strx3, 0x27) X(strx4, 0x28) \
	X(addrx1, 0x29) X(addrx2, 0x2a) X(addrx3, 0x2b) X(addrx4, 0x2c) X(GNU_addr_index, 0x1f01) \
	X(GNU_str_index, 0x1f02) X(GNU_ref_alt, 0x1f20) X(GNU_strp_alt, 0x1f21)

#define DW_OP_LIST(X) \
	X(addr, 0x03) X(deref, 0x06) X(const1u, 0x08) X(const1s, 0x09) X(const2u, 0x0a) X(const2s, 0x0b) \
	X(const4u, 0x0c) X(const4s, 0x0d) X(const8u, 0x0e) X(const8s, 0x0f) X(constu, 0x10) \
	X(consts, 0x11) X(dup, 0x12) X(drop, 0x13) X(over, 0x14) X(pick, 0x15) X(swap, 0x16) \
	X(rot, 0x17) X(xderef, 0x18) X(abs, 0x19) X(and, 0x1a) X(div, 0x1b) X(minus, 0x1c) X(mod, 0x1d) \
	X(mul, 0x1e) X(neg, 0x1f) X(not, 0x20) X(or, 0x21) X(plus, 0x22) X(plus_uconst, 0x23) \
	X(shl, 0x24) X(shr, 0x25) X(shra, 0x26) X(xor, 0x27) X(bra, 0x28) X(eq, 0x29) X(ge, 0x2a) \
	X(gt, 0x2b) X(le, 0x2c) X(lt, 0x2d) X(ne, 0x2e) X(skip, 0x2f) X(lit0, 0x30) X(lit1, 0x31) \
	X(lit2, 0x32) X(lit3, 0x33) X(lit4, 0x34) X(lit5, 0x35) X(lit6, 0x36) X(lit7, 0x37) \
	X(lit8, 0x38) X(lit9, 0x39) X(lit10, 0x3a) X(lit11, 0x3b) X(lit12, 0x3c) X(lit13, 0x3d) \
	X(lit14, 0x3e) X(lit15, 0x3f) X(lit16, 0x40) X(lit17, 0x41) X(lit18, 0x42) X(lit19, 0x43) \
	X(lit20, 0x44) X(lit21, 0x45) X(lit22, 0x46) X(lit23, 0x47) X(lit24, 0x48) X(lit25, 0x49) \
	X(lit26, 0x4a) X(lit27, 0x4b) X(lit28, 0x4c) X(lit29, 0x4d) X(lit30, 0x4e) X(lit31, 0x4f) \
	X(reg0, 0x50) X(reg1, 0x51) X(reg2, 0x52) X(reg3, 0x53) X(reg4, 0x54) X(reg5, 0x55) \
	X(reg6, 0x56) X(reg7, 0x57) X(reg8, 0x58) X(reg9, 0x59) X(reg10, 0x5a) X(reg11, 0x5b) \
	X(reg12, 0x5c) X(reg13, 0x5d) X(reg14, 0x5e) X(reg15, 0x5f) X(reg16, 0x60) X(reg17, 0x61) \
	X(reg18, 0x62) X(reg19, 0x63) X(reg20, 0x64) X(reg21, 0x65) X(reg22, 0x66) X(reg23, 0x67) \
	X(reg24, 0x68) X(reg25, 0x69) X(reg26, 0x6a) X(reg27, 0x6b) X(reg28, 0x6c) X(reg29, 0x6d) \
	X(reg30, 0x6e) X(reg31, 0x6f) X(breg0, 0x70) X(breg1, 0x71) X(breg2, 0x72) X(breg3, 0x73) \
	X(breg4, 0x74) X(breg5, 0x75) X(breg6, 0x76) X(breg7, 0x77) X(breg8, 0x78) X(breg9, 0x79) \
	X(breg10, 0x7a) X(breg11, 0x7b) X(breg12, 0x7c) X(breg13, 0x7d) X(breg14, 0x7e) X(breg15, 0x7f) \
	X(breg16, 0x80) X(breg17, 0x81) X(breg18, 0x82) X(breg19, 0x83) X(breg20, 0x84) X(breg21, 0x85) \
	X(breg22, 0x86) X(breg23, 0x87) X(breg24, 0x88) X(breg25, 0x89) X(breg26, 0x8a) X(breg27, 0x8b) \
	X(breg28, 0x8c) X(breg29, 0x8d) X(breg30, 0x8e) X(breg31, 0x8f) X(regx, 0x90) X(fbreg, 0x91) \
	X(bregx, 0x92) X(piece, 0x93) X(deref_size, 0x94) X(xderef_size, 0x95) X(nop, 0x96) \
	X(push_object_address, 0x97) X(call2, 0x98) X(call4, 0x99) X(call_ref, 0x9a) \
	X(form_tls_address, 0x9b) X(call_frame_cfa, 0x9c) X(bit_piece, 0x9d) X(implicit_value, 0x9e) \
	X(stack_value, 0x9f) X(implicit_pointer, 0xa0) X(addrx, 0xa1) X(constx, 0xa2) \
	X(entry_value, 0xa3) X(const_type, 0xa4) X(regval_type, 0xa5) X(deref_type, 0xa6) \
	X(xderef_type, 0xa7) X(convert, 0xa8) X(reinterpret, 0xa9) X(GNU_push_tls_address, 0xe0) \
	X(WASM_location, 0xed) X(GNU_uninit, 0xf0) X(GNU_encoded_addr, 0xf1) \
	X(GNU_implicit_pointer, 0xf2) X(GNU_entry_value, 0xf3) X(GNU_const_type, 0xf4) \
	X(GNU_regval_type, 0xf5) X(GNU_deref_type, 0xf6) X(GNU_convert, 0xf7) X(GNU_reinterpret, 0xf9) \
	X(GNU_parameter_ref, 0xfa) X(GNU_addr_index, 0xfb) X(GNU_const_index, 0xfc) \
	X(GNU_variable_value, 0xfd)

#define DW_ATE_LIST(X) \
	X(address, 0x01) X(boolean, 0x02) X(complex_float, 0x03) X(float, 0x04) X(signed, 0x05) \
	X(signed_char, 0x06) X(unsigned, 0x07) X(unsigned_char, 0x08) X(imaginary_float, 0x09) \
	X(packed_decimal, 0x0a) X(numeric_string, 0x0b) X(edited, 0x0c) X(signed_fixed, 0x0d) \
	X(unsigned_fixed, 0x0e) X(decimal_float, 0x0f) X(UTF, 0x10) X(UCS, 0x11) X(ASCII, 0x12)

#define DW_LANG_LIST(X) \
	X(C89, 0x01) X(C, 0x02) X(Ada83, 0x03) X(C_plus_plus, 0x04) X(Cobol74, 0x05) X(Cobol85, 0x06) \
	X(Fortran77, 0x07) X(Fortran90, 0x08) X(Pascal83, 0x09) X(Modula2, 0x0a) X(Java, 0x0b) \
	X(C99, 0x0c) X(Ada95, 0x0d) X(Fortran95, 0x0e) X(PLI, 0x0f) X(ObjC, 0x10) \
	X(ObjC_plus_plus, 0x11) X(UPC, 0x12) X(D, 0x13) X(Python, 0x14) X(OpenCL, 0x15) X(Go, 0x16) \
	X(Modula3, 0x17) X(Haskell, 0x18) X(C_plus_plus_03, 0x19) X(C_plus_plus_11, 0x1a) X(OCaml, 0x1b) \
	X(Rust, 0x1c) X(C11, 0x1d) X(Swift, 0x1e) X(Julia, 0x1f) X(C_plus_plus_14, 0x20) \
	X(Fortran03, 0x21) X(Fortran08, 0x22) X(RenderScript, 0x23) X(BLISS, 0x24) X(Kotlin, 0x25) \
	X(Zig, 0x26) X(Crystal, 0x27) X(C_plus_plus_17, 0x2a) X(C_plus_plus_20, 0x2b) X(C17, 0x2c) \
	X(Fortran18, 0x2d) X(Ada2005, 0x2e) X(Ada2012, 0x2f) X(Mips_Assembler, 0x8001)

#define DW_CFA_LIST(X) \
	X(nop, 0x00) X(set_loc, 0x01) X(advance_loc1, 0x02) X(advance_loc2, 0x03) X(advance_loc4, 0x04) \
	X(offset_extended, 0x05) X(restore_extended, 0x06) X(undefined, 0x07) X(same_value, 0x08) \
	X(register, 0x09) X(remember_state, 0x0a) X(restore_state, 0x0b) X(def_cfa, 0x0c) \
	X(def_cfa_register, 0x0d) X(def_cfa_offset, 0x0e) X(def_cfa_expression, 0x0f) \
	X(expression, 0x10) X(offset_extended_sf, 0x11) X(def_cfa_sf, 0x12) X(def_cfa_offset_sf, 0x13) \
	X(val_offset, 0x14) X(val_offset_sf, 0x15) X(val_expression, 0x16) X(GNU_window_save, 0x2d) \
	X(GNU_args_size, 0x2e) X(GNU_negative_offset_extended, 0x2f) X(advance_loc, 0x40) \
	X(offset, 0x80) X(restore, 0xc0)

/* clang-format on */

enum {
#define X(name, value) DW_TAG_##name = (value),
	DW_TAG_LIST(X)
#undef X
};

enum {
#define X(name, value) DW_AT_##name = (value),
	DW_AT_LIST(X)
#undef X
};

enum {
#define X(name, value) DW_FORM_##name = (value),
	DW_FORM_LIST(X)
#undef X
};

enum {
#define X(name, value) DW_OP_##name = (value),
	DW_OP_LIST(X)
#undef X
};

enum {
#define X(name, value) DW_ATE_##name = (value),
	DW_ATE_LIST(X)
#undef X
};

enum {
#define X(name, value) DW_LANG_##name = (value),
	DW_LANG_LIST(X)
#undef X
};

enum {
#define X(name, value) DW_CFA_##name = (value),
	DW_CFA_LIST(X)
#undef X
};

/* Unit types. */
enum {
	DW_UT_compile = 0x01,
	DW_UT_type = 0x02,
	DW_UT_partial = 0x03,
	DW_UT_skeleton = 0x04,
	DW_UT_split_compile = 0x05,
	DW_UT_split_type = 0x06,
};

/* Attributes of entries in .debug_names. */
enum {
	DW_IDX_compile_unit = 1,
	DW_IDX_type_unit = 2,
	DW_IDX_die_offset = 3,
	DW_IDX_parent = 4,
	DW_IDX_type_hash = 5,
};

/* Calling conventions. */
enum {
	DW_CC_normal = 0x01,
	DW_CC_program = 0x02,
	DW_CC_nocall = 0x03,
	DW_CC_pass_by_reference = 0x04,
	DW_CC_pass_by_value = 0x05,
	DW_CC_LLVM_Win64 = 0xc1,
	DW_CC_LLVM_X86_64SysV = 0xc4,
};

enum {
	DW_INL_not_inlined = 0x00,
	DW_INL_inlined = 0x01,
	DW_INL_declared_not_inlined = 0x02,
	DW_INL_declared_inlined = 0x03,
};

/* Entries of range lists, location lists. */
enum {
	DW_RLE_end_of_list = 0x00,
	DW_RLE_base_addressx = 0x01,
	DW_RLE_startx_endx = 0x02,
	DW_RLE_startx_length = 0x03,
	DW_RLE_offset_pair = 0x04,
	DW_RLE_base_address = 0x05,
	DW_RLE_start_end = 0x06,
	DW_RLE_start_length = 0x07,
};

enum {
	DW_LLE_end_of_list = 0x00,
	DW_LLE_base_addressx = 0x01,
	DW_LLE_startx_endx = 0x02,
	DW_LLE_startx_length = 0x03,
	DW_LLE_offset_pair = 0x04,
	DW_LLE_default_location = 0x05,
	DW_LLE_base_address = 0x06,
	DW_LLE_start_end = 0x07,
	DW_LLE_start_length = 0x08,
	DW_LLE_GNU_view_pair = 0x09,
};

/* Line programs: standard and extended opcodes, content types of the file table. */
enum {
	DW_LNS_extended = 0x00,
	DW_LNS_copy = 0x01,
	DW_LNS_advance_pc = 0x02,
	DW_LNS_advance_line = 0x03,
	DW_LNS_set_file = 0x04,
	DW_LNS_set_column = 0x05,
	DW_LNS_negate_stmt = 0x06,
	DW_LNS_set_basic_block = 0x07,
	DW_LNS_const_add_pc = 0x08,
	DW_LNS_fixed_advance_pc = 0x09,
	DW_LNS_set_prologue_end = 0x0a,
	DW_LNS_set_epilogue_begin = 0x0b,
	DW_LNS_set_isa = 0x0c,
};

enum {
	DW_LNE_end_sequence = 0x01,
	DW_LNE_set_address = 0x02,
	DW_LNE_define_file = 0x03,
	DW_LNE_set_discriminator = 0x04,
	DW_LNE_lo_user = 0x80,
};

enum {
	DW_LNCT_path = 0x01,
	DW_LNCT_directory_index = 0x02,
	DW_LNCT_timestamp = 0x03,
	DW_LNCT_size = 0x04,
	DW_LNCT_MD5 = 0x05,
	DW_LNCT_LLVM_source = 0x2001,
};

/* Pointer encodings of .eh_frame (LSB core 10.5): low nibble the format, high one what it is relative to. */
enum {
	DW_EH_PE_absptr = 0x00,
	DW_EH_PE_uleb128 = 0x01,
	DW_EH_PE_udata2 = 0x02,
	DW_EH_PE_udata4 = 0x03,
	DW_EH_PE_udata8 = 0x04,
	DW_EH_PE_sleb128 = 0x09,
	DW_EH_PE_sdata2 = 0x0a,
	DW_EH_PE_sdata4 = 0x0b,
	DW_EH_PE_sdata8 = 0x0c,
	DW_EH_PE_pcrel = 0x10,
	DW_EH_PE_textrel = 0x20,
	DW_EH_PE_datarel = 0x30,
	DW_EH_PE_funcrel = 0x40,
	DW_EH_PE_aligned = 0x50,
	DW_EH_PE_indirect = 0x80,
	DW_EH_PE_omit = 0xff,
};

/* The whole name ("DW_TAG_subprogram"), static; "DW_TAG_?" and so on for a number that is not in the
 * list. */
const char *dw_tag_name(unsigned tag);
const char *dw_at_name(unsigned attribute);
const char *dw_form_name(unsigned form);
const char *dw_op_name(unsigned opcode);
const char *dw_ate_name(unsigned encoding);
const char *dw_lang_name(unsigned language);
const char *dw_cfa_name(unsigned opcode);
