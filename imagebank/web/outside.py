"""Sentences of allauth that some of its translations say too familiarly: ours come first (LOCALE_PATHS)."""

from __future__ import annotations

from typing import Final

REWORDED: Final = (
    "Sign In",
    "Sign Out",
    "Are you sure you want to sign out?",
    "You have signed out.",
    "Please type your current password.",
    "Be patient, you are sending too many requests.",
    "Do you really want to remove the selected email address?",
    "You cannot remove your primary email address.",
    "You cannot remove your primary email address (%(email)s).",
    "Please Confirm Your Email Address",
    'Please confirm that <a href="mailto:%(email)s">%(email)s</a> is an email address for user %(user_display)s.',
    "Thank you for using %(site_name)s!\n%(site_domain)s",
    "In case you forgot, your username is %(username)s.",
    "You're receiving this email because you or someone else has requested a password reset for your user account.\n"
    "It can be safely ignored if you did not request a password reset. Click the link below to reset your password.",
    "You are receiving this email because you or someone else tried to signup for an\naccount using email address:\n\n"
    "%(email)s\n\nHowever, an account using that email address already exists.  In case you have\nforgotten about "
    "this, please use the password forgotten procedure to recover\nyour account:\n\n%(password_reset_url)s",
    "The password reset link was invalid, possibly because it has already been used.  Please request a "
    '<a href="%(passwd_reset_url)s">new password reset</a>.',
    "You currently do not have any email address set up. You should really add an email address so you can receive "
    "notifications, reset your password, etc.",
    "You're receiving this email because user %(user_display)s has given your email address to register an account on "
    "%(site_domain)s.",
    "Your email verification code is listed below. Please enter it in your open browser window.",
    "Email address %(deleted_email)s has been removed from your account.",
    "If you choose to trust this browser, you will not be asked for a verification code the next time you sign in.",
    "You are about to create a passkey for your account. As you can add additional keys later on, you can use a "
    "descriptive name to tell the keys apart.",
)
