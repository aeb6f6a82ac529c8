"""What is demanded of every notebook of the corpus, and where the product is not there yet.

The demands follow what a row computes for itself, what is a statistic of the table, and what needs
other rows; ``GAPS`` names the demands that are not met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_FEATURES = 3
"""Cell of the features in notebooks that leave out their head."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal with its place."""

    code: str
    line: int | None
    cell: int = _FEATURES


BUILT = "built"

_BUILT = """
constant_in_features constant_with_default constant_applied threshold_inside_helper
branch_on_a_score with_statement under_with mapped_function under_errstate all_under_with
loop_labels loop_labels_in_place loop_floor_enumerated loop_iterrows_store loop_iloc_append loop_column_append
loop_text_cleaned loop_iterrows_append loop_loc_store loop_index_at_store loop_calls_function loop_looks_up
labels_appended group_loop_dict
tables_comprehension tables_in_a_list tables_scaled columns_comprehension tables_filled_by_group
array_sliced_by_share array_sliced_from_the_end array_every_other_row stratified_loop_of_one
split_expand str_get_dummies split_into_dates split_into_first_and_rest split_for_one_part words_as_series
query_then_eval ratio_of_merged_column several_after_merge neighbours_searched words_beside_lengths frames_helper
loop_over_a_table comprehension_over_a_table loop_over_items preparations_in_helpers
augmented_name augmented_prediction augmented_array augmented_after_split augmented_series
loop_looks_up_counts loop_beside_search row_loop iterrows row_loop_append row_loop_itertuples

regression_log_target label_decoded threshold scaled_target clip_no_effect maximum_of_log
log_and_raw_metrics log_metric_only metric_s_own_scale classes_of_encoder
decoded_by_comprehension decoded_by_map threshold_bool threshold_parameter threshold_searched
threshold_by_argmax threshold_of_helper threshold_only_shown argmax_of_probabilities
masked_in_place rounded mean_of_two_models result_table result_column with_a_feature
centred_prediction clipped_out applied_lambda upper_case two_thresholds where_chained
select_argmax looked_up_by_prediction example_predicted_after train_cell_predicts
multi_output_log rescaled_by_hand search_scored
submission_after shown_confusion labels_list_map

look_only row_arithmetic string_methods dates to_numeric_coerce astype_text map_dict replace_dict
np_where cut_edges cut_edges_codes apply_rows apply_column list_comprehension_rows eval_row
dtype_flip dtype_flip_apply

fillna_mean fillna_np fillna_frame_mean fillna_frame_mean_numeric_only fillna_dict_stat fillna_loop
fillna_loop_dtypes clip_quantile loc_quantile_named minmax_by_hand zscore_helper_loop zscore_frame
where_median frequency_encoding rare_to_other rare_lambda row_count first_row loop_variable_leaks
late_binding lambda_default imputer_null_condition agg_merge agg_map target_encoding

comprehension_columns select_dtypes columns_by_null_share columns_by_std corr_drop selectkbest
variance_threshold

get_dummies_columns get_dummies_na get_dummies_series_concat get_dummies_concat_inline
factorize cat_codes cut_bins_int qcut transform_group fill_group_transform
get_dummies_loop get_dummies_join get_dummies_whole_frame get_dummies_drop_first_target

scaler_before_split scaler_into_columns tfidf dictvec pca simpleimputer imputer_after_filter onehot
onehot_frame labelencoder labelencoder_loop labelencoder_dict labelencoder_new_each
labelencoder_target_too ordinal target_encoded_inline tfidf_hstack own_transformer_in_features

scaler_train_test features_after_split test_own_stat test_helper_own_stat countvec_split
dictvec_split zhel_style scaler_refit_on_test module_estimator

dropna_then dropna_subset_inplace dropna_statistic_after mask_filter query_filter drop_duplicates
drop_duplicates_ignore_index shuffle sort_reset iqr zscore_filter outlier_loop drop_index_of_mask
concat_reorders resample_balance concat_realigned train_only_filter date_inferred

numpy_after numpy_slices numpy_stats numpy_inplace inplace_all insert_del_pop loc_writes augmented
chain pipe alias copy_alias xy_tuple_values multiclass_values

column_transformer make_pipeline_function_transformer
function_transformer_numpy own_transformer gridsearch gridsearch_direct fit_chained proba_only
train_and_test_score all_in_one_cell evaluate_helper fit_and_report_helper models_loop voting
parameters_used regression_plain multiclass multi_output kfold

prediction_column_added

sample_drop_split iloc_split mask_split random_mask_split split_one_argument split_inline
three_splits

conditional_fill encode_by_cardinality collect_columns annotations multi_assign_frame
value_in_list_of_table magics_in_tagged options tuple_assign walrus_match

function_early_return function_fit_flag nested_function recursive_function
function_if function_returns_pair function_returns_statistic function_loop_columns name_fitted
name_functions name_raw

global_seed global_seed_in_train unseeded

reference_table header_none index_col load_does_more sklearn_dataset sklearn_bunch

several_models_in_a_row loop_over_frames refit_after_evaluate set_params_between
sklearn_clone

array_alias guarded_division reindex_columns mean_of_row transposed_mean matrix_covariance
preprocessing_normalize polynomial zip_columns map_function_object applymap
transform_function agg_rows result_expand date_mixed numeric_dummies categorical_dtype

stacking voting_regressor calibrated transformed_target multi_output_regressor
multi_output_classes classifier_chain one_vs_rest bagging_and_ada isolation_forest local_outliers
kmeans

knn_pipeline svc_probability svr naive_bayes_text gaussian_process gaussian_process_mean
hist_boosting_categories hist_boosting_nulls mlp partial_fit_loop own_estimator
own_estimator_plain fit_predict_chain sample_weight class_weight_computed class_weight_by_count
set_params_nested

randomized_search halving_search search_with_scorer make_scorer_search lambda_scorer_search
refit_best_params cross_validated_linear

set_output_pandas selection_chain importances_chosen splines_and_bins bins_before_split
iterative_imputer knn_imputer target_encoder target_encoder_in_pipeline pca_and_clusters
cluster_column own_transformer_pipeline feature_names_out ordinal_and_count

xgboost_classifier xgboost_early_stopping xgboost_pipeline xgboost_categories xgboost_search
lightgbm_classifier lightgbm_early_stopping lightgbm_pipeline_search boosted_stack

torch_classifier torch_pipeline

helper_early_return helper_early_guard walrus_in_condition_and_call nested_helper nested_closure
nested_statistic global_table helper_reads_frozen nested_reads_table

features_in_evaluating_function predict_in_an_argument everything_in_one everything_in_nested_calls

zscore_apply_axis0 group_zscore group_fillna group_fillna_two_keys group_fillna_named group_fillna_frame
group_null_keys group_in_loop group_variants group_in_helper group_after_split ratio_to_group
group_apply_fill assign_lambda assign_chain assign_filter_chain apply_columns apply_columns_named
apply_columns_clip pipe_lambda pipe_lambda_chain lambda_helper lambda_helper_two

labelencoder_apply factorize_method factorize_loop factorize_null factorize_assign factorize_apply cut_retbins
categorical_ctor categorical_ctor_cats categorical_seen categorical_loop categorical_dtype_by_hand
codes_apply encoder_apply encoder_apply_method encoder_apply_shared

tuple_assign_mixed tuple_swap factorize_tuple tuple_helper tuple_loc tuple_dict

zip_columns_twice map_over_columns map_named zip_frozen zip_loop_columns

np_mask np_mask_two np_mask_cols np_delete np_where_index np_delete_column np_outlier np_shuffle
np_bincount np_delete_model

tuned_threshold models_in_dict fit_helper_returns_model pipeline_parts self_training
parallel_backend_fit metadata_routing column_lists_by_dtype stratified_folds_best
bag_of_own_models gaussian_mixture quantile_pair hashed_text_neighbours

group_loop_drop group_loop_drop_helper group_loop_collect group_loop_nested group_values_loop
combine_frames drop_mask_index drop_labels pop_y text_parse text_extract text_split_part
clock_parameter

reference_map reference_dict cut_edges_inf drop_duplicates_subset undersample oversample
target_encoding_transform concat_statistic concat_categories

branches_same

whole_adult whole_california whole_customers whole_houses whole_numpy whole_penguins whole_reviews
whole_scores whole_visits
"""

_REFUSED = {
    "name_of_emitted_code": Refusal("NBC209", 2),
    # As many columns as the rows suggest: refused, and rightly.
    "dropna_columns": Refusal("NBC101", 2),
    "cv_only": Refusal("NBC203", None, 5),
    # Other rows.
    "align_frozen_series": Refusal("NBC105", 2),
    "row_number": Refusal("NBC105", 1),
    "tables_shadowed": Refusal("NBC107", 1, 4),
    "two_lists_in_a_loop": Refusal("NBC102", 2),
    "row_number_range": Refusal("NBC103", 1),
    "index_as_feature": Refusal("NBC101", 1),
    "reset_index_column": Refusal("NBC101", 1),
    "loc_label_write": Refusal("NBC101", 1),
    "at_write": Refusal("NBC101", 1),
    "iloc_write": Refusal("NBC101", 1),
    "duplicated_feature": Refusal("NBC101", 1),
    "cumcount": Refusal("NBC101", 1),
    "rank": Refusal("NBC101", 1),
    "table_in_lambda": Refusal("NBC101", 1),
    "table_in_function": Refusal("NBC101", 1, 4),
    "table_in_row_function": Refusal("NBC101", 1),
    "stateful_function": Refusal("NBC101", 6),
    "counter_function": Refusal("NBC102", 5),
    "sorted_back": Refusal("NBC101", 1),
    "sort_values_back": Refusal("NBC103", 1),
    "reversed_back": Refusal("NBC103", 1),
    "list_shift": Refusal("NBC105", 1),
    "eval_table": Refusal("NBC101", 1),
    "ffill": Refusal("NBC101", 1),
    "interpolate": Refusal("NBC101", 1),
    "shift": Refusal("NBC101", 1),
    "rolling": Refusal("NBC101", 1),
    "cumsum": Refusal("NBC101", 1),
    "id_to_value_dict": Refusal("NBC105", 2),
    "id_to_value_series": Refusal("NBC101", 2),
    "agg_id_map": Refusal("NBC101", 1),
    "series_misaligned": Refusal("NBC103", 2),
    "concat_misaligned": Refusal("NBC101", 5),
    "loop_param_clash": Refusal("NBC107", 6, 4),
    "global_table_changed": Refusal("NBC107", 1, 4),
    "group_rank": Refusal("NBC101", 1),
    "group_cumsum": Refusal("NBC101", 1),
    "group_shift": Refusal("NBC101", 1),
    "group_ffill": Refusal("NBC101", 1),
    "assign_shift": Refusal("NBC101", 1),
    "apply_columns_rank": Refusal("NBC101", 1),
    "apply_columns_condition": Refusal("NBC108", 1),
    "encoder_in_assign": Refusal("NBC107", 2),
    "encoder_in_group": Refusal("NBC101", 2),
    "tuple_shift": Refusal("NBC101", 1),
    "zip_shifted": Refusal("NBC102", 2),
    "map_stateful": Refusal("NBC101", 1, 4),
    "dict_zip_used": Refusal("NBC105", 2),
    "melted": Refusal("NBC101", 1),
    "np_unique_inverse": Refusal("NBC101", 1),
    "np_loop_concat": Refusal("NBC107", 4),
    "row_loop_range": Refusal("NBC102", 1),
    "row_loop_index": Refusal("NBC102", 1),
    "augmented_under_two_names": Refusal("NBC107", 3),
    "loop_labels_shuffled": Refusal("NBC102", 3),
    "loop_reads_table": Refusal("NBC101", 2),
    "loop_chained_store": Refusal("NBC102", 2),
    "loop_sees_what_it_stored": Refusal("NBC102", 2, 6),
    "loop_draws": Refusal("NBC102", 2),
    "loop_leaves_names": Refusal("NBC102", 2),
    "loop_counts": Refusal("NBC102", 7),
    "loop_learns_codes": Refusal("NBC102", 2),
    "group_loop_changes": Refusal("NBC101", 7),
    "fill_random_choice": Refusal("NBC106", 2),
    "fill_random_between": Refusal("NBC106", 2),
    "clock_today": Refusal("NBC106", 2),
    "bfill_method": Refusal("NBC101", 1),
    "target_difference": Refusal("NBC109", 1, 6),
    "target_left_in": Refusal("NBC109", 1, 6),
    "concat_then_encode": Refusal("NBC103", 3, 4),
    "read_in_helper": Refusal("NBC106", 2),
    "read_merged": Refusal("NBC106", 1),
    "fill_random_array": Refusal("NBC105", 2),
    "clock_in_row_function": Refusal("NBC106", 3),
    "branches_differ": Refusal("NBC105", 2, 4),
    "branches_differ_later": Refusal("NBC108", 2),
    # The world outside the rows.
    "function_transformer_lambda": Refusal("NBC111", 3, 5),
    "functions_in_list": Refusal("NBC111", 3),
    "target_in_feature": Refusal("NBC109", 1, 6),
    "random_feature": Refusal("NBC106", 1),
    "random_generator_feature": Refusal("NBC106", 2),
    "clock_feature": Refusal("NBC106", 1),
    "clock_year": Refusal("NBC106", 2),
    "read_in_features": Refusal("NBC106", 1),
    "two_tables": Refusal("NBC202", None, 2),
    "set_config_pandas": Refusal("NBC107", 8, 1),
    # Ways through the code that are not compiled.
    "try_except": Refusal("NBC107", 1),
    "while_loop": Refusal("NBC107", 3),
    "own_class": Refusal("NBC101", 2, 4),
    "function_global": Refusal("NBC107", 1, 4),
    "function_star": Refusal("NBC107", 1, 4),
    "exploration_draws": Refusal("NBC207", None),
    "sklearn_return_xy": Refusal("NBC204", None, 4),
    "saved_and_loaded_model": Refusal("NBC206", 2, 6),
    "models_in_evaluate_loop": Refusal("NBC206", 3, 5),
    "vectorize": Refusal("NBC111", 1),
    "array_view": Refusal("NBC103", 3),
    "melt_like": Refusal("NBC101", 1),
    "numpy_argsort": Refusal("NBC101", 2),
    "svd_u": Refusal("NBC101", 2),
    "preprocessing_scale": Refusal("NBC101", 2),
    "scipy_zscore": Refusal("NBC101", 2),
    "kmeans_feature": Refusal("NBC103", 3),
    "enumerate_rows": Refusal("NBC102", 1),
    "date_default_inference": Refusal("NBC101", 1),
    # Models that a request could not be put to.
    "xgboost_native": Refusal("NBC211", 3, 5),
    "lightgbm_native": Refusal("NBC211", 3, 5),
    "torch_by_hand": Refusal("NBC211", 3, 5),
    "predict_with_options": Refusal("NBC210", 1, 6),
    # What is done with a prediction is part of the answer: where it cannot be followed, it must not be lost.
    "mean_of_listed_models": Refusal("NBC206", 1, 6),
    "ranked_prediction": Refusal("NBC101", 1, 6),
    "subset_scored": Refusal("NBC110", 1, 6),
    "labels_enumerated": Refusal("NBC110", 3, 6),
    "models_loop_threshold": Refusal("NBC110", 3, 6),
    "vectorized": Refusal("NBC111", 1, 6),
    "own_manager": Refusal("NBC107", 1, 7),
    "branch_on_lowest_prediction": Refusal("NBC110", 3, 6),
    "constant_bound_twice": Refusal("NBC114", 2),
    "parameter_as_default": Refusal("NBC114", 1, 3),
    "labels_masked": Refusal("NBC110", 4, 6),
    "labels_zeros": Refusal("NBC110", 3, 6),
    "branch_on_predictions": Refusal("NBC110", 2, 6),
    "another_model_scored": Refusal("NBC113", 3, 6),
    "default_of_the_definition": Refusal("NBC110", 5, 3),
}

EXPECTED = MappingProxyType({**dict.fromkeys(_BUILT.split(), BUILT), **_REFUSED})
"""By notebook."""

GAPS: Mapping[str, str] = MappingProxyType({})
"""Demands that are not met, each with the reason that a reader may accept."""
